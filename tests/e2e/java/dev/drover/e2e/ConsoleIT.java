package dev.drover.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.drover.testing.Soak;
import dev.drover.tools.standin.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The console in a real Chromium, over a demo with traffic. */
class ConsoleIT {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path PICTURES = Path.of("target", "console");
  private static final String TOKEN = "demo-admin-token";
  private static final LocatorAssertions.ContainsTextOptions SOON =
      new LocatorAssertions.ContainsTextOptions().setTimeout(15_000);

  private static Process demo;
  private static String admin;
  private static String gateway;
  private static Playwright playwright;
  private static Browser browser;

  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final List<Response> answers = new CopyOnWriteArrayList<>();
  private Page page;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Files.isExecutable(CHROMIUM), CHROMIUM + " is not here: the console is not looked at");
    demo =
        DroverProcess.start(
            "demo", "--traffic", "--act-seconds", "6", "--port", Integer.toString(Ports.free()));
    BufferedReader out = demo.inputReader(StandardCharsets.UTF_8);
    List<String> printed = new ArrayList<>();
    for (String line = out.readLine(); line != null && admin == null; line = out.readLine()) {
      printed.add(line);
      Matcher console = Pattern.compile("Console: +(http\\S+)").matcher(line);
      Matcher plane = Pattern.compile("Data plane: .* at (http\\S+)").matcher(line);
      gateway = plane.find() ? plane.group(1) : gateway;
      admin = console.find() ? console.group(1) : null;
    }
    assertThat(admin).as(String.join("\n", printed)).isNotNull();
    Thread.startVirtualThread(() -> drain(out)); // or it would block
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(CHROMIUM)
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--enable-precise-memory-info",
                            "--js-flags=--expose-gc")));
    Files.createDirectories(PICTURES);
  }

  private static void drain(BufferedReader out) {
    try (out) {
      out.transferTo(Writer.nullWriter());
    } catch (IOException _) {
      return; // it has been ended
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (playwright != null) {
      playwright.close();
    }
    if (demo != null) {
      demo.destroy();
      assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @BeforeEach
  void open() {
    page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1400, 1000));
    listen();
    page.navigate(admin);
    assertThat(page.locator("#targets tbody")).containsText("deepseek", SOON);
  }

  private void listen() {
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.onResponse(answers::add);
  }

  @AfterEach
  void close() {
    if (page != null) {
      page.close();
      assertThat(complaints).as("what the browser complained of").isEmpty();
    }
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private Locator row(String table, String first) {
    return page.locator("#" + table + " tbody tr")
        .filter(
            new Locator.FilterOptions()
                .setHas(page.locator("th", new Page.LocatorOptions().setHasText(first))))
        .first();
  }

  private static String metrics() throws Exception {
    return Http.get(admin + "/metrics").body();
  }

  private static double metric(String line) throws Exception {
    return metrics()
        .lines()
        .filter(each -> each.startsWith(line + " "))
        .mapToDouble(each -> Double.parseDouble(each.substring(line.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  private String tile(String name) {
    return page.locator("#tiles div")
        .filter(
            new Locator.FilterOptions()
                .setHas(
                    page.locator(
                        "dt",
                        new Page.LocatorOptions().setHasText(Pattern.compile("^" + name + "$")))))
        .locator("dd")
        .textContent();
  }

  private static double number(String words) {
    return Double.parseDouble(words.replaceAll("[^0-9.]", ""));
  }

  @Test
  void opens_smallAndQuick_withAPolicyThatLetsNothingElseIn() {
    page.waitForTimeout(1_000);
    long bytes =
        answers.stream()
            .filter(answer -> !answer.url().contains("/live"))
            .mapToLong(answer -> answer.body().length)
            .sum();
    assertThat(bytes).isBetween(100_000L, 300_000L);
    assertThat(answers).allMatch(answer -> answer.url().startsWith(admin));
    assertThat(answers.getFirst().headers().get("content-security-policy"))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "*", "http");
    Object blocked =
        page.evaluate(
            "() => { const s = document.createElement('script'); s.textContent = 'window.hit = 1';"
                + " document.body.append(s); return window.hit === undefined; }");
    assertThat(blocked).isEqualTo(true);
    assertThat(complaints).hasSize(1);
    complaints.clear(); // the one that was asked for
  }

  @Test
  void shows_whatTheMetricsSay_andMovesEachSecond() throws Exception {
    page.waitForTimeout(3_000);
    long before = answers.stream().filter(answer -> answer.url().contains("/live")).count();
    page.waitForTimeout(4_000);
    long after = answers.stream().filter(answer -> answer.url().contains("/live")).count();
    assertThat(after - before).isGreaterThanOrEqualTo(2);
    button("Pause").click();
    page.waitForTimeout(1_200);
    assertThat(number(tile("P50"))).isPositive();
    assertThat(number(tile("Requests a second"))).isPositive();
    String budget = row("budgets", "centre=demo").locator("th").textContent();
    double shown = number(row("budgets", "centre=demo").locator("td").nth(1).textContent());
    assertThat(shown)
        .isPositive()
        .isLessThanOrEqualTo(metric("drover_budget_spent{budget=\"" + budget + "\"}") + 0.001);
    assertThat(row("targets", "deepseek")).containsText("%");
    assertThat(row("rollouts", "summary")).containsText("deepseek");
    assertThat(page.locator("#requests").getAttribute("aria-label"))
        .startsWith("Requests a second: ended ");
    page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve("console.png")));
  }

  /** Sends requests that no cache knows until the row of one of them has been clicked. */
  private String explained() throws Exception {
    for (int i = 0; i < 20; i++) {
      HttpResponse<String> response =
          Http.send(
              Http.request(gateway + Http.CHAT)
                  .header("content-type", "application/json")
                  .header("x-drover-explain", "1")
                  .POST(BodyPublishers.ofString(Http.chat("gpt-4o").replace("there", "there " + i)))
                  .build());
      String id = response.headers().firstValue("x-drover-exchange").orElseThrow();
      String click =
          "id => { const button = document.querySelector(`#recent button[title='${id}']`);"
              + " button?.click(); return button !== null; }";
      for (int tries = 0; tries < 30; tries++) {
        if ((boolean) page.evaluate(click, id)) {
          return id;
        }
        page.waitForTimeout(100);
      }
    }
    throw new AssertionError("no row of a request that was just sent");
  }

  @Test
  void exchange_isExplainedOnAClick() throws Exception {
    String id = explained();
    Locator dialog = page.locator("#exchange");
    assertThat(dialog).containsText(id);
    assertThat(dialog).containsText("strategy");
    assertThat(dialog).containsText("expected cost");
    page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve("exchange.png")));
    page.keyboard().press("Escape");
    assertThat(dialog).not().isVisible();
  }

  @Test
  void target_isSwitchedOffAndOn_byWhoHasTheToken_withTheKeyboardAlone() throws Exception {
    Locator flip = button("Switch off gpt-4.1");
    flip.focus();
    page.keyboard().press("Enter");
    Locator dialog = page.locator("#confirm");
    assertThat(dialog).containsText("No further request will be sent to it");
    page.keyboard().type("not-the-token");
    page.keyboard().press("Enter");
    assertThat(page.locator("#notice")).containsText("not the admin token", SOON);
    button("Switch off gpt-4.1").click();
    page.locator("#token").fill(TOKEN);
    page.keyboard().press("Enter");
    assertThat(page.locator("#notice")).containsText("target/gpt-4.1 disabled", SOON);
    assertThat(row("targets", "gpt-4.1"))
        .containsText(
            "switched off", new LocatorAssertions.ContainsTextOptions().setTimeout(5_000));
    assertThat(Http.get(admin + "/targets").body()).contains("\"switched_off\" : true");
    button("Switch on gpt-4.1").click();
    assertThat(page.locator("#token")).not().isVisible(); // it is known by now
    button("Confirm").click();
    assertThat(page.locator("#notice")).containsText("target/gpt-4.1 enabled", SOON);
    complaints.removeIf(each -> each.contains("401")); // the browser tells of it, as it should
  }

  @Test
  void cancel_changesNothing() throws Exception {
    button("Switch off deepseek").click();
    button("Cancel").click();
    page.waitForTimeout(300);
    assertThat(Http.get(admin + "/targets").body()).doesNotContain("\"switched_off\" : true");
  }

  @Test
  void configAndRollout_areChangedByButtons() throws Exception {
    button("Reload config").click();
    page.locator("#token").fill(TOKEN);
    button("Confirm").click();
    assertThat(page.locator("#notice")).containsText("is in force", SOON);
    button("rollback the rollout of summary").click();
    button("Confirm").click();
    assertThat(page.locator("#notice")).containsText("rollout of summary: rolled_back, 0 %", SOON);
    assertThat(row("rollouts", "summary")).containsText("rolled_back", SOON);
    button("restart the rollout of summary").click();
    button("Confirm").click();
    assertThat(page.locator("#notice")).containsText("rollout of summary: running", SOON);
  }

  @Test
  void fitsASmallScreen_inLightAndDark() {
    page.close();
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      page =
          browser.newPage(
              new Browser.NewPageOptions().setViewportSize(375, 700).setColorScheme(scheme));
      listen();
      page.navigate(admin);
      assertThat(page.locator("#targets tbody")).containsText("deepseek", SOON);
      page.waitForTimeout(1_500);
      assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(375);
      assertThat(contrast()).isGreaterThan(4.5);
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(
                  PICTURES.resolve("small-" + scheme.name().toLowerCase(Locale.ROOT) + ".png")));
      if (scheme == ColorScheme.LIGHT) {
        page.close();
      }
    }
  }

  /** Of dim text on its ground, the least readable there is; after WCAG. */
  private double contrast() {
    return ((Number)
            page.evaluate(
                """
                () => {
                  const light = colour => {
                    const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map(v => v / 255)
                      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                  };
                  const text = light(getComputedStyle(document.querySelector('.hint')).color);
                  const ground = light(getComputedStyle(document.body).backgroundColor);
                  return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
                }
                """))
        .doubleValue();
  }

  @Test
  @Tag("soak")
  void doesNotGrow() {
    int seconds = Soak.of(4, 600);
    page.waitForTimeout(Soak.of(4_000, 310_000)); // in the long form the charts are full by then
    long nodes = measured("document.getElementsByTagName('*').length");
    long heap = heap();
    page.waitForTimeout(seconds * 1_000);
    assertThat(measured("document.getElementsByTagName('*').length")).isLessThan(nodes + 60);
    assertThat(heap()).isLessThan(heap + heap / 4);
  }

  /** In use after all that nobody holds has been let go. */
  private long heap() {
    page.evaluate("gc()");
    return measured("performance.memory.usedJSHeapSize");
  }

  private long measured(String script) {
    return ((Number) page.evaluate(script)).longValue();
  }
}
