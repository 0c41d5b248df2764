package dev.drover.config.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes one config key: a record component whose name in snake case is the key. Loading, the
 * JSON schema and the reference page are all derived from it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {
  /** The key, where it is not the component's name in snake case. */
  String name() default "";

  /** The description for the reference page, in one or two sentences. */
  String doc();

  /**
   * The default as it would stand in the file; none means the key is required unless it is
   * nullable.
   */
  String def() default "";

  /** The smallest number allowed, or the smallest duration or size as text. */
  String min() default "";

  /** The largest number allowed, or the largest duration or size as text. */
  String max() default "";

  /** A regular expression that a text must match, or each key of a map. */
  String pattern() default "";

  /** Returns whether a list may be written as its only element. */
  boolean single() default false;

  /** The words allowed, when the value is one of a closed set. */
  String[] oneOf() default {};
}
