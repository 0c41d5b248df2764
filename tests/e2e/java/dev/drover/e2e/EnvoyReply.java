package dev.drover.e2e;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Struct;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import com.google.protobuf.WireFormat;
import dev.drover.types.Wire;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.service.ext_proc.v3.ImmediateResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * What a player must know of an answer to play on, read without objects for all the rest: a
 * benchmark's client must not take more CPU from a server that has more to say.
 *
 * @param refusedWith the status of an immediate response; 0: it is none
 * @param metadata what the other stream of the exchange is told, a {@link Metadata}; empty when the
 *     answer has none for it
 */
record EnvoyReply(int refusedWith, ByteString metadata) {
  private static final int BUFFER = 512;
  private static final int KEY = 1;
  private static final int VALUE = 2;

  /** Reads answers, and sends none. */
  static final MethodDescriptor.Marshaller<EnvoyReply> MARSHALLER =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(EnvoyReply reply) {
          throw new UnsupportedOperationException("a client sends no responses");
        }

        @Override
        public EnvoyReply parse(InputStream message) {
          try {
            return read(CodedInputStream.newInstance(message, BUFFER));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private static EnvoyReply read(CodedInputStream in) throws IOException {
    int refusedWith = 0;
    ByteString metadata = ByteString.EMPTY;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case ProcessingResponse.IMMEDIATE_RESPONSE_FIELD_NUMBER ->
            refusedWith = ImmediateResponse.parseFrom(in.readBytes()).getStatus().getCodeValue();
        case ProcessingResponse.DYNAMIC_METADATA_FIELD_NUMBER -> metadata = told(in.readBytes());
        default -> in.skipField(tag);
      }
    }
    return new EnvoyReply(refusedWith, metadata);
  }

  /** A message with the metadata for the other stream as its context. */
  ProcessingRequest tell(ProcessingRequest message) {
    return metadata.isEmpty()
        ? message
        : message.toBuilder()
            .setUnknownFields(with(ProcessingRequest.METADATA_CONTEXT_FIELD_NUMBER, metadata))
            .build();
  }

  /** Of a {@link Struct} whose one field is a namespace. */
  private static ByteString told(ByteString struct) throws IOException {
    ByteString entry = field(struct, Struct.FIELDS_FIELD_NUMBER);
    ByteString namespace = field(entry, KEY);
    if (!namespace.equals(ByteString.copyFromUtf8(Wire.NAMESPACE))) {
      return ByteString.EMPTY;
    }
    ByteString fields = field(field(entry, VALUE), Value.STRUCT_VALUE_FIELD_NUMBER);
    return with(
            Metadata.FILTER_METADATA_FIELD_NUMBER,
            with(KEY, namespace).toByteString().concat(with(VALUE, fields).toByteString()))
        .toByteString();
  }

  private static ByteString field(ByteString message, int number) throws IOException {
    CodedInputStream in = message.newCodedInput();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == number) {
        return in.readBytes();
      }
      in.skipField(tag);
    }
    return ByteString.EMPTY;
  }

  private static UnknownFieldSet with(int number, ByteString value) {
    return UnknownFieldSet.newBuilder()
        .addField(number, UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build())
        .build();
  }
}
