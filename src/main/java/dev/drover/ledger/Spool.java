package dev.drover.ledger;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.drover.types.PrivateFiles;
import dev.drover.usage.v1.UsageEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events that wait on disk for a store that is down: files of records, each its length as a varint,
 * the event, and the CRC-32C of the event. Confined to the ledger's thread; the size may be read by
 * any.
 */
final class Spool {
  private static final Logger log = LoggerFactory.getLogger(Spool.class);
  private static final String SUFFIX = ".events";
  private static final Pattern NAME = Pattern.compile("[0-9]{20}[.]events");
  private static final long SEGMENT_BYTES = 16L << 20;

  private final Path folder;
  private final long maxBytes;
  private final long segmentBytes;
  private final AtomicLong bytes = new AtomicLong();
  private long next;

  /**
   * Takes up what an earlier run has left.
   *
   * @param maxBytes the most that may wait
   * @throws IOException when the folder can be neither made nor read
   */
  Spool(Path folder, long maxBytes) throws IOException {
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.segmentBytes = Math.min(SEGMENT_BYTES, maxBytes);
    PrivateFiles.createFolders(folder);
    for (Path segment : segments()) {
      bytes.addAndGet(Files.size(segment));
      next = number(segment) + 1; // never into a file whose end may be torn
    }
  }

  /** Bytes that wait. */
  long bytes() {
    return bytes.get();
  }

  boolean isEmpty() {
    return bytes.get() == 0;
  }

  /**
   * Stores events so that they survive a crash of the machine.
   *
   * @return whether there was room; none of them is stored when there was not
   * @throws IOException when the disk does not take them; what it took is cut at the next start
   */
  boolean append(List<UsageEvent> events) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(records);
    for (UsageEvent event : events) {
      byte[] body = event.toByteArray();
      out.writeUInt32NoTag(body.length);
      out.writeRawBytes(body);
      out.writeFixed32NoTag(checksum(body));
    }
    out.flush();
    byte[] all = records.toByteArray();
    if (bytes.get() + all.length > maxBytes) {
      return false;
    }
    PrivateFiles.createFolders(folder); // it may have been deleted
    Path segment = path(next);
    try (FileChannel file =
        PrivateFiles.open(segment, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long end = file.size();
      try {
        file.position(end);
        ByteBuffer buffer = ByteBuffer.wrap(all);
        while (buffer.hasRemaining()) {
          file.write(buffer);
        }
        file.force(true);
      } catch (IOException e) {
        file.truncate(end);
        throw e;
      }
      bytes.addAndGet(all.length);
      if (end + all.length >= segmentBytes) {
        next++;
      }
    }
    return true;
  }

  /**
   * The oldest file of events; further events go to another one.
   *
   * @throws IOException when the folder cannot be read
   */
  Optional<Path> oldest() throws IOException {
    Optional<Path> first = segments().stream().findFirst();
    if (first.isEmpty()) {
      bytes.set(0); // what waited was deleted
    }
    if (first.isPresent() && number(first.get()) >= next) {
      next = number(first.get()) + 1;
    }
    return first;
  }

  /**
   * The events of a file, as far as they are whole.
   *
   * @throws IOException when it cannot be read
   */
  List<UsageEvent> read(Path segment) throws IOException {
    byte[] all = Files.readAllBytes(segment);
    CodedInputStream in = CodedInputStream.newInstance(all);
    List<UsageEvent> events = new ArrayList<>();
    int whole = 0;
    try {
      while (!in.isAtEnd()) {
        byte[] body = in.readRawBytes(in.readRawVarint32());
        if (in.readFixed32() != checksum(body)) {
          throw new InvalidProtocolBufferException("checksum differs");
        }
        events.add(UsageEvent.parseFrom(body));
        whole = in.getTotalBytesRead();
      }
    } catch (InvalidProtocolBufferException e) {
      Path aside = segment.resolveSibling(segment.getFileName() + ".broken");
      Files.copy(segment, aside, StandardCopyOption.REPLACE_EXISTING);
      log.warn(
          "{}: {} of {} bytes are not whole events, cut there; a copy is {}",
          segment,
          all.length - whole,
          all.length,
          aside);
    }
    return events;
  }

  /** Forgets a file whose events are stored. */
  void delete(Path segment) throws IOException {
    long size = Files.size(segment);
    Files.delete(segment);
    bytes.addAndGet(-size);
  }

  private List<Path> segments() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private Path path(long number) {
    return folder.resolve("%020d%s".formatted(number, SUFFIX));
  }

  private static long number(Path segment) {
    String name = segment.getFileName().toString();
    return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
  }

  private static int checksum(byte[] body) {
    CRC32C crc = new CRC32C();
    crc.update(body);
    return (int) crc.getValue();
  }
}
