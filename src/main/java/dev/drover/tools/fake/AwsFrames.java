package dev.drover.tools.fake;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Writes frames of AWS's event streams. */
public final class AwsFrames {
  private AwsFrames() {}

  /** Returns a frame: lengths, headers, payload and both checksums. */
  public static byte[] frame(String messageType, String eventType, String payload) {
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    String name = messageType.equals("event") ? ":event-type" : ":exception-type";
    header(headers, ":message-type", messageType);
    header(headers, name, eventType);
    header(headers, ":content-type", "application/json");
    byte[] body = payload.getBytes(StandardCharsets.UTF_8);
    int total = 16 + headers.size() + body.length;
    ByteBuffer out = ByteBuffer.allocate(total);
    out.putInt(total).putInt(headers.size());
    out.putInt(sum(out.array(), 8));
    out.put(headers.toByteArray()).put(body);
    out.putInt(sum(out.array(), total - 4));
    return out.array();
  }

  private static void header(ByteArrayOutputStream out, String name, String value) {
    out.write(name.length());
    out.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    out.write(7);
    out.write(value.length() >> 8);
    out.write(value.length());
    out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  private static int sum(byte[] bytes, int count) {
    CRC32 sum = new CRC32();
    sum.update(bytes, 0, count);
    return (int) sum.getValue();
  }
}
