package dev.drover.config;

import dev.drover.config.schema.ByteSize;
import dev.drover.config.schema.GatewayConfig;
import dev.drover.config.schema.KeySpec;
import dev.drover.config.schema.ProviderConfig;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shows a config as it is in force, defaults filled in. Keys never stand in a config; the values of
 * provider headers, where people may have put one all the same, are left out.
 */
public final class ConfigDump {
  private static final String WITHHELD = "(not shown)";

  private ConfigDump() {}

  /** Maps, lists and scalars in the file's own shape. */
  public static Map<String, Object> of(GatewayConfig config) {
    return record(config);
  }

  private static Map<String, Object> record(Record record) {
    Map<String, Object> shown = new LinkedHashMap<>();
    List<KeySpec> specs = KeySpec.of(record.getClass());
    RecordComponent[] components = record.getClass().getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      Object value = read(record, components[i]);
      if (value != null) {
        boolean headers = record instanceof ProviderConfig && specs.get(i).name().equals("headers");
        shown.put(specs.get(i).name(), headers ? withheld((Map<?, ?>) value) : show(value));
      }
    }
    return shown;
  }

  private static Map<String, Object> withheld(Map<?, ?> headers) {
    Map<String, Object> shown = new LinkedHashMap<>();
    headers.forEach((name, _) -> shown.put(String.valueOf(name), WITHHELD));
    return shown;
  }

  private static Object show(Object value) {
    return switch (value) {
      case ByteSize size -> size.bytes() + "B";
      case Record record -> record(record);
      case List<?> list -> list.stream().map(item -> show((Object) item)).toList();
      case Map<?, ?> map -> {
        Map<String, Object> shown = new LinkedHashMap<>();
        map.forEach((name, item) -> shown.put(String.valueOf(name), show((Object) item)));
        yield shown;
      }
      case Duration duration -> duration.toMillis() + "ms";
      case Enum<?> word -> word.name().toLowerCase(Locale.ROOT);
      default -> value;
    };
  }

  private static @Nullable Object read(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + ": cannot be read", e);
    }
  }
}
