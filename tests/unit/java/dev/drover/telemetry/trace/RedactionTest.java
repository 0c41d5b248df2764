package dev.drover.telemetry.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "write to ann.b+c@mail.example.org now | write to [email] now",
        "Authorization: Bearer abc.def-ghi | Authorization: [bearer]",
        "my key is sk-proj-abcdefgh12345678. | my key is [key].",
        "AKIAIOSFODNN7EXAMPLE | [key]",
        "pay 4111 1111 1111 1111 today | pay [card] today",
        "call +49 (0)30 901820 please | call [phone] please",
        "github_pat_11ABCDEFG0abcdefgh | [key]",
        "OPENAI_KEY_sk-abcdefgh12345678 | OPENAI_KEY_[key]",
        "jürgen@müller.de | [email]",
        "card 4111.1111.1111.1111 | card [card]",
        "at 2001:db8:0:1:2:3:4:5 or fe80::1 | at [ip] or [ip]",
        "at 12:30:45 in std::vector | at 12:30:45 in std::vector",
        "from 10.1.2.3 to here | from [ip] to here",
        "in 2026 there are 12 months of 30 days | in 2026 there are 12 months of 30 days",
        "aws_secret_access_key=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00 | aws_secret_access_key=[secret]",
        "postgres://app:hunter2@db/x | postgres://app:[password]@db/x",
        "pay DE89 3704 0044 0532 0130 00 today | pay [iban] today",
        "my number is 078-05-1120 | my number is [ssn]",
        "sk-proj\u200b-abcdefgh12345678 | [key]",
        "commit a94a8fe5ccb19ba61c4c0873d391e987982fbbd3 | commit a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
        "version 1.2.3, a task-based risk | version 1.2.3, a task-based risk"
      })
  void whatIsSecret_isTakenOut_andNothingElse(String text, String left) {
    assertThat(new Redaction(Map.of()).apply(text)).isEqualTo(left);
  }

  @Test
  void privateKey_isTakenOutAsAWhole() {
    String pem =
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEow==\n-----END RSA PRIVATE KEY-----";
    assertThat(new Redaction(Map.of()).apply("key:\n" + pem + "\nend"))
        .isEqualTo("key:\n[key]\nend");
  }

  @Test
  void ownRules_areAdded_orTakeThePlaceOfOneOfThatName() {
    Redaction redaction = new Redaction(Map.of("email", "never", "case", "C-[0-9]+"));
    assertThat(redaction.apply("a@b.org has C-7")).isEqualTo("a@b.org has [case]");
  }
}
