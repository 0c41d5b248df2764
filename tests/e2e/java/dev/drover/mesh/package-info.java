/** The resources for meshes, applied as their control planes do, in a real Envoy. */
@org.jspecify.annotations.NullMarked
package dev.drover.mesh;
