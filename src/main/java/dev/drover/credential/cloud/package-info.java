/**
 * Credentials that clouds issue for a time: who issues them, and how they are renewed before they
 * end. Everything here that waits for a network runs on threads of its own, never on a request's.
 */
@NullMarked
package dev.drover.credential.cloud;

import org.jspecify.annotations.NullMarked;
