package dev.drover.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.dialect.Fault;
import dev.drover.dialect.ResponseFacts;
import dev.drover.dialect.ResponseHead;
import dev.drover.dialect.ResponseReader;
import dev.drover.dialect.response.UntypedResponse;
import dev.drover.types.Bytes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The content of a response tells whether it is an answer, an error, or nothing. */
class ResponseFaultsTest {
  private static final String DELTA = "data: {'choices':[{'delta':{'content':'Hi'}}]}\n\n";
  private static final String END =
      "data: {'choices':[{'delta':{},'finish_reason':'stop'}]}\n\ndata: {'choices':[],'usage':{'prompt_tokens':100,'completion_tokens':10}}\n\ndata: [DONE]\n\n";

  private static ResponseFacts facts(String label, String body) {
    ResponseHead head = new ResponseHead(200, label, "");
    ResponseReader reader = new UntypedResponse(new ChoiceScan(), head.eventStream(), true, false);
    Bytes bytes = Bytes.utf8(body.replace('\'', '"').replace("\\n", "\n"));
    for (int i = 0; i < bytes.length(); i++) {
      reader.read(bytes.slice(i, i + 1), false);
    }
    reader.read(Bytes.EMPTY, true);
    return reader.facts(true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/event-stream",
        "Text/Event-Stream;charset=UTF-8",
        "application/json",
        "text/plain; charset=utf-8",
        "application/x-ndjson",
        ""
      })
  void label_isNotTheContent(String label) {
    ResponseFacts stream = facts(label, "\n\n: ping\n\n" + DELTA + END);
    assertThat(stream.fault()).isNull();
    assertThat(stream.usage()).isNotNull();
    ResponseFacts json =
        facts(
            label,
            "\n {'choices':[{'message':{'content':'Hi'}}],'usage':{'prompt_tokens':9,'completion_tokens':1}}");
    assertThat(json.fault()).isNull();
    assertThat(json.usage()).isNotNull();
    assertThat(facts(label, "{'error':{'message':'overloaded'}}").fault())
        .isEqualTo(Fault.ERROR_IN_BODY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'error':{'message':'boom'}}",
        "{'error':'boom'}",
        "{'error':true}",
        "{'object':'error','message':'boom','code':400}",
        "{'type':'error','error':{'type':'overloaded_error'}}",
        "{'id':'x','choices':null,'error_type':'BadRequestError','error_message':'400'}",
        "{'message':'The model is overloaded','code':529}",
        "{'code':'1301','msg':'sensitive'}",
        "{'status':'error','message':'no credit'}",
        "{'detail':'Not authenticated'}",
        "{'detail':[{'loc':['body'],'msg':'field required'}]}",
        "{'choices':null,'base_resp':{'status_code':1008,'status_msg':'insufficient balance'}}",
        "{'choices':[{'index':0,'delta':{'content':''},'finish_reason':'error'}]}",
        "{'choices':[{'index':0,'error':{'code':502},'finish_reason':null}]}",
        "[{'error':{'code':429,'message':'quota','status':'RESOURCE_EXHAUSTED'}}]"
      })
  void error_isFoundInEachForm_asJsonAndAsEvent(String error) {
    assertThat(facts("application/json", error).fault()).isEqualTo(Fault.ERROR_IN_BODY);
    assertThat(facts("text/event-stream", "data: " + error + "\n\n").fault())
        .isEqualTo(Fault.ERROR_IN_BODY);
    assertThat(
            facts("text/event-stream", DELTA + "data: " + error + "\n\ndata: [DONE]\n\n").fault())
        .isEqualTo(Fault.ERROR_IN_BODY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "event: error\\ndata: {'message':'overloaded'}\\n\\n",
        "event:error\\ndata: {'x':1}\\n\\n",
        "id: 1\\nevent: error\\ndata: {'x':1}\\n\\n",
        "{'error':{'message':'upstream timeout'}}\\n"
      })
  void errorEvent_isOneByItsNameOrAsABareLine(String event) {
    assertThat(facts("text/event-stream", DELTA + event).fault()).isEqualTo(Fault.ERROR_IN_BODY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'choices':[{'message':{'content':'Hi'}}],'error':null}",
        "{'choices':[{'message':{'content':'Hi'}}],'error':''}",
        "{'choices':[{'message':{'content':'Hi'}}],'error':false,'code':0,'message':''}",
        "{'choices':[{'message':{'content':'Hi'}}],'status':'ok','message':'fine','code':200}",
        "{'choices':[{'message':{'content':'Hi'}}],'base_resp':{'status_code':0,'status_msg':''}}",
        "{'object':'chat.completion','choices':[{'message':{'content':null,'tool_calls':[]},'finish_reason':'tool_calls'}]}",
        "{'choices':[{'message':{'content':''},'finish_reason':'content_filter'}]}"
      })
  void answerThatMentionsNoError_isOne(String body) {
    assertThat(facts("application/json", body).fault()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "application/json | {'choices':[],'usage':{'prompt_tokens':9,'completion_tokens':0}} | EMPTY_RESPONSE",
        "application/json | {'choices':null} | EMPTY_RESPONSE",
        "application/json | {} | EMPTY_RESPONSE",
        "application/json | [] | EMPTY_RESPONSE",
        "application/json | ~~ | EMPTY_RESPONSE",
        "text/event-stream | ~~ | EMPTY_RESPONSE",
        "text/event-stream | data: [DONE]\\n\\n | EMPTY_RESPONSE",
        "text/event-stream | : ping\\n\\n: ping\\n\\n | EMPTY_RESPONSE",
        "text/event-stream | data: {'choices':[]}\\n\\ndata: [DONE]\\n\\n | EMPTY_RESPONSE",
        "text/event-stream | data: {'choices':[{'delta':{'content':'The answer is'}}]}\\n\\n | UNFINISHED_RESPONSE",
        "text/html | <html>502 Bad Gateway</html> | MALFORMED_RESPONSE",
        "application/json | {'choices':[{'mess | MALFORMED_RESPONSE",
        "text/plain | upstream connect error | MALFORMED_RESPONSE"
      })
  void nothing_isNoAnswer(String label, String body, Fault fault) {
    assertThat(facts(label, body).fault()).isEqualTo(fault);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "data: [DONE]\n\n"})
  void streamWithAReason_isFinished(String done) {
    String end = "data: {'choices':[{'delta':{},'finish_reason':'stop'}]}\n\n";
    assertThat(facts("text/event-stream", DELTA + end + done).fault()).isNull();
  }
}
