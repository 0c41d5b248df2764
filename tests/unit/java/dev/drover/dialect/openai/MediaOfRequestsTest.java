package dev.drover.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dialect.Operation;
import dev.drover.dialect.ParseResult;
import dev.drover.dialect.RequestFacts;
import dev.drover.types.Bytes;
import dev.drover.types.Capability;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Size on the wire is not tokens. */
class MediaOfRequestsTest {
  private static final String DATA = "AAAA".repeat(200_000);

  private static RequestFacts facts(String content) {
    OpenAiClient client = new OpenAiClient();
    Operation chat = Objects.requireNonNull(client.operation("POST", "/v1/chat/completions"));
    String body =
        "{'model':'m','messages':[{'role':'user','content':"
            + content
            + "}]}".replace("DATA", DATA);
    ParseResult result =
        client.parse(chat, Bytes.utf8(body.replace('\'', '"').replace("DATA", DATA)));
    return result instanceof ParseResult.Read(RequestFacts read)
        ? read
        : org.junit.jupiter.api.Assertions.fail(result.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'type':'image_url','image_url':{'url':'data:image/jpeg;base64,DATA','detail':'auto'}} | 1105",
        "{'type':'image_url','image_url':{'detail':'low','url':'data:image/jpeg;base64,DATA'}} | 85",
        "{'type':'image_url','image_url':{'url':'data:image/jpeg;base64,DATA','detail':'low'}} | 85",
        "{'type':'image_url','image_url':'data:image/png;base64,DATA'} | 1105",
        "{'type':'image_url','image_url':{'url':'https://example.com/a.png'}} | 1105",
        "{'type':'input_image','input_image':'data:image/png;base64,DATA'} | 1105",
        "{'type':'image','source':{'type':'base64','media_type':'image/png','data':'data:image/png;base64,DATA'}} | 1105",
        "{'type':'input_audio','input_audio':{'data':'DATA','format':'mp3'}} | 1500",
        "{'type':'file','file':{'filename':'a.pdf','file_data':'data:application/pdf;base64,DATA'}} | 4500",
        "{'type':'file','file':{'file_id':'file-abc'}} | 4500",
        "{'type':'video_url','video_url':{'url':'data:video/mp4;base64,DATA'}} | 1180",
        "{'type':'text','text':'hello'} | 0"
      })
  void media_countsByWhatApisBill_andItsDataIsNoText(String part, long tokens) {
    RequestFacts facts = facts("[{'type':'text','text':'What is this?'}," + part + "]");
    assertThat(facts.mediaTokens()).isEqualTo(tokens);
    assertThat(facts.promptBytes()).isLessThan(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"'data:image/png;base64,DATA'", "[{'type':'text','text':'DATA'}]"})
  void textThatLooksLikeData_isText(String content) {
    RequestFacts facts = facts(content);
    assertThat(facts.mediaTokens()).isZero();
    assertThat(facts.promptBytes()).isGreaterThan(DATA.length());
    assertThat(facts.needs()).doesNotContain(Capability.VISION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[ ]", "[\n\t]", "null", "{}"})
  void noTools_howeverWritten_needNone(String tools) {
    OpenAiClient client = new OpenAiClient();
    Operation chat = Objects.requireNonNull(client.operation("POST", "/v1/chat/completions"));
    String body = "{\"model\":\"m\",\"tools\":" + tools + ",\"messages\":[]}";
    ParseResult result = client.parse(chat, Bytes.utf8(body));
    assertThat(result).isInstanceOf(ParseResult.Read.class);
    if (result instanceof ParseResult.Read(RequestFacts read)) {
      assertThat(read.needs()).doesNotContain(Capability.TOOLS);
    }
  }
}
