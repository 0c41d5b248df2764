/** Estimates what images, sounds and files in a request cost in tokens. */
@org.jspecify.annotations.NullMarked
package dev.drover.dialect.media;
