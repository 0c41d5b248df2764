package dev.drover.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dialect.ResponseFacts;
import dev.drover.dialect.ResponseReader;
import dev.drover.dialect.response.UntypedResponse;
import dev.drover.types.Bytes;
import dev.drover.types.Usage;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Usage has many places and names, and parts that stand within or apart. */
class UsageOfProvidersTest {
  private static ResponseFacts facts(String body) {
    ResponseReader reader = new UntypedResponse(new ChoiceScan(), false, true, false);
    reader.read(Bytes.utf8(body.replace('\'', '"')), true);
    return reader.facts(true);
  }

  private static String event(String json) {
    return "data: " + json + "\n\n";
  }

  private static final String TEXT = event("{'choices':[{'delta':{'content':'Hi'}}]}");
  private static final String END = event("{'choices':[{'delta':{},'finish_reason':'stop'}]}");

  private static String counts(Usage usage) {
    return "%d,%d,%d,%d,%d,%d"
        .formatted(
            usage.input(),
            usage.cachedInput(),
            usage.cacheWrite5m(),
            usage.cacheWrite1h(),
            usage.output(),
            usage.reasoning());
  }

  /** Prompt, cached, written for 5 minutes and for 1 hour, response, reasoning. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // within, by the total
        "'prompt_tokens':2006,'completion_tokens':300,'total_tokens':2306,'prompt_tokens_details':{'cached_tokens':1920} | 2006,1920,0,0,300,0",
        "'prompt_tokens':2006,'completion_tokens':300,'total_tokens':2306,'cache_read_input_tokens':1920,'cache_creation_input_tokens':0 | 2006,1920,0,0,300,0",
        "'prompt_tokens':2006,'completion_tokens':300,'total_tokens':2306,'cache_read_input_tokens':1920,'cache_creation_input_tokens':50,'prompt_tokens_details':{'cached_tokens':1920} | 2006,1920,50,0,300,0",
        "'prompt_tokens':86,'completion_tokens':30,'total_tokens':116,'prompt_cache_hit_tokens':64,'prompt_cache_miss_tokens':22 | 86,64,0,0,30,0",
        "'input_tokens':75,'output_tokens':1186,'total_tokens':1261,'input_tokens_details':{'cached_tokens':32},'output_tokens_details':{'reasoning_tokens':1024} | 75,32,0,0,1186,1024",
        "'promptTokenCount':100,'candidatesTokenCount':20,'totalTokenCount':120,'cachedContentTokenCount':80 | 100,80,0,0,20,0",
        // apart, by the total
        "'prompt_tokens':36,'completion_tokens':300,'total_tokens':2256,'cache_read_input_tokens':1920 | 1956,1920,0,0,300,0",
        "'prompt_tokens':36,'completion_tokens':300,'total_tokens':2306,'cache_read_input_tokens':1920,'cache_creation_input_tokens':50 | 2006,1920,50,0,300,0",
        "'prompt_tokens':86,'completion_tokens':300,'total_tokens':2306,'cache_read_input_tokens':1920,'cache_creation_input_tokens':50 | 2006,1920,50,0,300,0",
        "'inputTokens':10,'outputTokens':5,'totalTokens':115,'cacheReadInputTokens':100 | 110,100,0,0,5,0",
        "'prompt_tokens':36,'completion_tokens':10,'total_tokens':736,'completion_tokens_details':{'reasoning_tokens':690} | 36,0,0,0,700,690",
        "'promptTokenCount':38,'candidatesTokenCount':11,'thoughtsTokenCount':217,'totalTokenCount':266 | 38,0,0,0,228,217",
        "'promptTokenCount':38,'candidatesTokenCount':11,'thoughtsTokenCount':200,'toolUsePromptTokenCount':17,'totalTokenCount':266 | 55,0,0,0,211,200",
        "'prompt_tokens':100,'completion_tokens':10,'total_tokens':870,'cached_tokens':70,'reasoning_tokens':690,'prompt_tokens_details':{'cached_tokens':70} | 170,70,0,0,700,690",
        // without a total: names, and parts larger than the whole
        "'input_tokens':36,'output_tokens':300,'cache_read_input_tokens':1920,'cache_creation_input_tokens':50 | 2006,1920,50,0,300,0",
        "'input_tokens':36,'output_tokens':300,'cache_read_input_tokens':10,'cache_creation_input_tokens':0 | 46,10,0,0,300,0",
        "'input_tokens':36,'output_tokens':300,'cache_creation_input_tokens':70,'cache_creation':{'ephemeral_5m_input_tokens':30,'ephemeral_1h_input_tokens':40} | 106,0,30,40,300,0",
        "'input_tokens':0,'output_tokens':7,'cache_read_input_tokens':100 | 100,100,0,0,7,0",
        "'prompt_tokens':10,'completion_tokens':5,'prompt_tokens_details':{'cached_tokens':100} | 110,100,0,0,5,0",
        "'prompt_tokens':10,'completion_tokens':5,'prompt_tokens_details':{'cached_tokens':8} | 10,8,0,0,5,0",
        "'prompt_eval_count':26,'eval_count':290 | 26,0,0,0,290,0",
        // a rest that nothing explains: the response's alone, or plain prompt beside other parts
        "'prompt_tokens':38,'completion_tokens':11,'total_tokens':266 | 38,0,0,0,228,0",
        "'prompt_tokens':100,'completion_tokens':10,'total_tokens':150,'cached_tokens':60 | 140,60,0,0,10,0",
        // audio and text are parts of their side
        "'prompt_tokens':50,'completion_tokens':40,'total_tokens':90,'prompt_tokens_details':{'audio_tokens':30,'text_tokens':20,'cached_tokens':0} | 50,0,0,0,40,0",
        "'input_tokens':50,'output_tokens':40,'total_tokens':90,'input_token_details':{'input_tokens':3,'cached_tokens':8} | 50,8,0,0,40,0"
      })
  void parts_areWithinOrApartByTheTotals_andCountOnce(String usage, String expected) {
    for (String key : new String[] {"usage", "usageMetadata"}) {
      String whole = "{'choices':[{'message':{'content':'x'}}],'%s':{%s}}".formatted(key, usage);
      Usage read = Objects.requireNonNull(facts(whole).usage());
      assertThat(counts(read)).isEqualTo(expected);
      assertThat(read.status()).isEqualTo(Usage.Status.COMPLETE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'choices':[{'delta':{},'finish_reason':'stop','usage':USAGE}]}",
        "{'choices':[{'delta':{},'finish_reason':'stop'}],'x_groq':{'id':'r','usage':USAGE}}",
        "{'choices':[],'usage':USAGE}",
        "{'choices':[{'delta':{},'finish_reason':'stop'}],'usage':USAGE}",
        "{'choices':[{'delta':{},'finish_reason':'stop','usage':USAGE}],'usage':USAGE,'x_groq':{'usage':USAGE}}",
        "{'type':'message_start','message':{'usage':USAGE}}",
        "{'type':'response.completed','response':{'usage':USAGE}}"
      })
  void usage_isFoundWhereverProvidersPutIt(String last) {
    String usage =
        "{'queue_time':0.1,'prompt_tokens':812,'completion_tokens':64,'cached_tokens':512}";
    ResponseFacts facts =
        facts(TEXT + event(last.replace("USAGE", usage)) + END + "data: [DONE]\n\n");
    assertThat(counts(Objects.requireNonNull(facts.usage()))).isEqualTo("812,512,0,0,64,0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'prompt_tokens':0,'completion_tokens':0,'total_tokens':0}",
        "{'prompt_tokens':'2006','completion_tokens':'300','total_tokens':'2306'}",
        "{'prompt_tokens':-1,'completion_tokens':5}",
        "{'prompt_tokens':1e30,'completion_tokens':5}",
        "{'prompt_tokens':NaN,'completion_tokens':NaN}",
        "{'total_tokens':0}",
        "{'prompt_tokens':null}",
        "null"
      })
  void placeholder_isNoStatement(String usage) {
    assertThat(facts("{'choices':[{'message':{'content':'x'}}],'usage':" + usage + "}").usage())
        .isNull();
    assertThat(facts(TEXT + END + event("{'choices':[],'usage':" + usage + "}")).usage()).isNull();
  }

  @Test
  void numbersThatAreNoJson_spoilNothing() {
    ResponseFacts facts =
        facts(
            "{'choices':[{'message':{'content':'x'},'logprobs':{'content':[{'logprob':-Infinity},{'logprob':NaN},"
                + "{'logprob':Infinity}]},'finish_reason':'stop'}],'usage':{'prompt_tokens':5,'completion_tokens':1}}");
    assertThat(facts.readable()).isTrue();
    assertThat(counts(Objects.requireNonNull(facts.usage()))).isEqualTo("5,0,0,0,1,0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'content':'four'} | 4",
        "{'content':null,'reasoning':'abc','reasoning_content':'abc'} | 3",
        "{'content':'a','reasoning':'abc','reasoning_details':[{'type':'reasoning.text','text':'abc'}]} | 4",
        "{'content':[{'type':'text','text':'ab'},{'type':'text','text':'cd'}]} | 4",
        "{'content':[{'type':'thinking','thinking':[{'type':'text','text':'abc'}]},{'type':'text','text':'d'}]} | 4",
        "{'tool_calls':[{'function':{'name':'f','arguments':'{}'}}],'function_call':{'name':'f','arguments':'{}'}} | 2",
        "{'content':'ab','refusal':'cd'} | 4",
        "{'content':null,'audio':{'data':'UklGRiQA','transcript':'abc'}} | 3",
        "{'content':'ab','images':[{'image_url':{'url':'data:image/png;base64,AAAA'}}]} | 2"
      })
  void synonyms_areOneText(String message, long bytes) {
    assertThat(facts("{'choices':[{'message':" + message + "}]}").outputBytes()).isEqualTo(bytes);
    assertThat(
            facts("{'choices':[{'message':%s,'delta':%s}]}".formatted(message, message))
                .outputBytes())
        .isEqualTo(bytes);
  }

  @Test
  void imageWithinText_isNoText() {
    String image = "![x](data:image/png;base64," + "iVBORw0K".repeat(10_000) + ")";
    long bytes = facts("{'choices':[{'message':{'content':'" + image + "'}}]}").outputBytes();
    assertThat(bytes).isBetween(10L, 100L);
  }

  /** The sizes reach beyond what is kept of an event, the cuts are anywhere. */
  @ParameterizedTest
  @ValueSource(ints = {1_000, 100_000, 1_048_000, 1_060_000, 3_000_000, 40_000_000})
  void usage_isReadAtAnySize_howeverTheNetworkCuts(int size) {
    String data = "A".repeat(size);
    String usage = "'usage':{'prompt_tokens':9,'completion_tokens':1290,'total_tokens':1299}";
    String object =
        "{'choices':[{'index':0,'delta':{'images':[{'image_url':{'url':'data:image/png;base64,"
            + data
            + "'}}]},'finish_reason':'stop'}],"
            + usage
            + "}";
    for (String body : new String[] {event(object) + "data: [DONE]\n\n", object}) {
      Bytes bytes = Bytes.utf8(body.replace('\'', '"'));
      Random random = new Random(size);
      ResponseReader reader = new UntypedResponse(new ChoiceScan(), false, true, false);
      int at = 0;
      while (at < bytes.length()) {
        int to = Math.min(bytes.length(), at + 1 + random.nextInt(1 + size / 3));
        reader.read(bytes.slice(at, to), to == bytes.length());
        at = to;
      }
      Usage read = Objects.requireNonNull(reader.facts(true).usage());
      assertThat(counts(read)).isEqualTo("9,0,0,0,1290,0");
      assertThat(reader.facts(true).readable()).isTrue();
      assertThat(reader.facts(true).outputBytes()).isLessThan(100);
    }
  }

  @Test
  void textAfterTheLastStatement_isTold() {
    String early = event("{'choices':[],'usage':{'prompt_tokens':9,'completion_tokens':1}}");
    assertThat(facts(early + TEXT + END).unstatedBytes()).isEqualTo(2);
    assertThat(facts(TEXT + END + early).unstatedBytes()).isZero();
  }
}
