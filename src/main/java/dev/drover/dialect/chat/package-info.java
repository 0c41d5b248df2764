/**
 * The hub: what a request for a chat and its response say, in words that belong to no API. Each
 * dialect reads its own form into it and writes its own form from it.
 */
@NullMarked
package dev.drover.dialect.chat;

import org.jspecify.annotations.NullMarked;
