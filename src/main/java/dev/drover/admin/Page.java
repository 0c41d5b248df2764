package dev.drover.admin;

/** An answer of the admin server. */
record Page(int status, String contentType, String body) {
  static Page text(int status, String body) {
    return new Page(status, "text/plain; charset=utf-8", body);
  }

  static Page json(String body) {
    return new Page(200, "application/json", body);
  }
}
