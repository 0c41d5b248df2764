package dev.drover.render;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.linecorp.armeria.xds.api.DefaultXdsValidatorIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Envoy's own validation rules, as generated from its protos, over a message and every typed config
 * within it.
 */
final class XdsRules {
  private final DefaultXdsValidatorIndex index = new DefaultXdsValidatorIndex();
  private final List<String> problems = new ArrayList<>();
  private final List<String> untyped = new ArrayList<>();
  private int typedConfigs;

  /** What is wrong with a message; empty when nothing is. */
  List<String> check(Message message) {
    validate(message, "");
    walk(message, "");
    return problems;
  }

  /** How many typed configs were unpacked and checked. */
  int typedConfigs() {
    return typedConfigs;
  }

  /**
   * Where an {@code Any} has no type. Envoy takes that for none; Istio, which reads patches by an
   * older library, refuses it.
   */
  List<String> untyped() {
    return untyped;
  }

  private void validate(Message message, String path) {
    try {
      index.assertValid(message);
    } catch (IllegalArgumentException e) {
      problems.add(path + ": " + e.getMessage());
    }
  }

  private void walk(MessageOrBuilder message, String path) {
    if (message instanceof Any any) {
      if (any.getTypeUrl().isEmpty()) {
        untyped.add(path);
        return;
      }
      Message inner = unpack(any, path);
      typedConfigs++;
      validate(inner, path);
      walk(inner, path);
      return;
    }
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      String at = path + "." + field.getKey().getName();
      if (field.getKey().getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      if (field.getValue() instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          walk((Message) list.get(i), at + "[" + i + "]");
        }
      } else {
        walk((Message) field.getValue(), at);
      }
    }
  }

  /** The Java class of a type is its proto name below Envoy's Java package. */
  private static Message unpack(Any any, String path) {
    String name = any.getTypeUrl().substring(any.getTypeUrl().indexOf('/') + 1);
    try {
      Class<? extends Message> type =
          Class.forName("io.envoyproxy." + name).asSubclass(Message.class);
      return any.unpack(type);
    } catch (ClassNotFoundException | InvalidProtocolBufferException e) {
      throw new AssertionError(path + ": " + name, e);
    }
  }
}
