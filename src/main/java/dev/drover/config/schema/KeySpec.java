package dev.drover.config.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.drover.json.Yaml;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A config key as its record component declares it. Immutable.
 *
 * @param name the key in the file, in snake case
 * @param type the Java type of its value
 * @param key the component's annotation
 * @param nullable true when the key may be absent without a default
 * @param fallback the default as a tree, not to be changed; null when there is none
 */
public record KeySpec(
    String name, Type type, Key key, boolean nullable, @Nullable JsonNode fallback) {
  private static final ClassValue<List<KeySpec>> KNOWN =
      new ClassValue<>() {
        @Override
        protected List<KeySpec> computeValue(Class<?> record) {
          return Arrays.stream(record.getRecordComponents()).map(KeySpec::of).toList();
        }
      };

  public static List<KeySpec> of(Class<?> record) {
    return KNOWN.get(record);
  }

  private static KeySpec of(RecordComponent component) {
    Key key = component.getAnnotation(Key.class);
    if (key == null) {
      throw new IllegalStateException(
          component + ": no @Key (expected: on every config component)");
    }
    String name =
        key.name().isEmpty()
            ? component.getName().replaceAll("([A-Z0-9]+[a-z]*)", "_$1").toLowerCase(Locale.ROOT)
            : key.name();
    JsonNode fallback = key.def().isEmpty() ? null : Yaml.parse(key.def());
    return new KeySpec(name, component.getGenericType(), key, nullable(component), fallback);
  }

  private static boolean nullable(RecordComponent component) {
    return marked(component) || marked(component.getAnnotatedType());
  }

  private static boolean marked(AnnotatedElement element) {
    for (Annotation annotation : element.getAnnotations()) {
      if (annotation.annotationType().equals(Nullable.class)) {
        return true;
      }
    }
    return false;
  }

  /** The default of a key, as it would stand in the file. */
  public static String fallback(Class<?> record, String name) {
    return of(record).stream()
        .filter(spec -> spec.name().equals(name))
        .map(spec -> spec.key().def())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(record + ": no key " + name));
  }

  public boolean required() {
    return !nullable && key.def().isEmpty();
  }

  /** The type argument at {@code index} of a list or map type. */
  public static Type argument(Type type, int index) {
    return ((ParameterizedType) type).getActualTypeArguments()[index];
  }

  public static Class<?> raw(Type type) {
    return type instanceof ParameterizedType parameterized
        ? (Class<?>) parameterized.getRawType()
        : (Class<?>) type;
  }
}
