/**
 * The wire: gRPC service, protobuf to our messages and back, header mutations, flow control,
 * cancellation.
 */
@NullMarked
package dev.drover.extproc;

import org.jspecify.annotations.NullMarked;
