import Glibc

enum Output {
  /// Writes a result to standard output. When nobody reads it any more, that is nobody's loss; when
  /// it cannot be written, it is lost and the command has failed.
  static func result(_ text: String) throws {
    if !write(text), errno != EPIPE {
      throw Failure(
        .inputOutput, "cannot write the result: \(String(cString: strerror(errno)))")
    }
  }

  /// Writes a text to standard output, or to another descriptor; false when that fails.
  @discardableResult
  static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count, let start = bytes.baseAddress {
        let count = Glibc.write(descriptor, start + written, bytes.count - written)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return false }
        written += count
      }
      return true
    }
  }
}
