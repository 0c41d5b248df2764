package dev.drover.cli;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.jar.Attributes;
import picocli.CommandLine.IVersionProvider;

/** The version of the jar, and the commit that it was built from. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    String version = Version.class.getPackage().getImplementationVersion();
    URL here = Version.class.getResource("Version.class");
    if (version == null || here == null || !here.getProtocol().equals("jar")) {
      return new String[] {"drover (not from a jar)"};
    }
    Attributes jar = ((JarURLConnection) here.openConnection()).getMainAttributes();
    String commit = jar.getValue("Drover-Commit");
    boolean known = commit != null && commit.matches("[0-9a-f]+"); // else no clone was built
    String changed = "true".equals(jar.getValue("Drover-Changed")) ? ", changed" : "";
    return new String[] {
      "drover %s, commit %s%s, Java %s"
          .formatted(version, known ? commit : "unknown", changed, Runtime.version())
    };
  }
}
