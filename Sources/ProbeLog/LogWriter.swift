import Glibc
import JSONText
public import Outages

/// Appends to a probe log, each line with one `write`: after a crash, at most the last is torn.
public final class LogWriter {
  public let path: String
  private let descriptor: Int32
  private let names: [[UInt8]]
  @exclusivity(unchecked) private var line = ObservationLine()
  private let isBrief: Bool
  /// Whether the file ends within a line, after a crash or a disk that was full.
  @exclusivity(unchecked) private var endsTorn: Bool

  /// Opens the log for a new recording session and writes its header. `targets` are those that
  /// observations name by index. The log is made when it is missing; a torn tail is closed, so that
  /// it costs that line alone. `isBrief`: what no verdict needs is left out.
  public init(
    path: String, session: Session, targets: [Target], isBrief: Bool = false
  ) throws(LogError) {
    (self.path, self.isBrief) = (path, isBrief)
    descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw .cannotOpen(path: path, errno: errno) }
    var last: UInt8 = 0x0a
    let size = lseek(descriptor, 0, SEEK_END)
    if size > 0 { pread(descriptor, &last, 1, size - 1) }
    var magic = [UInt8](repeating: 0, count: 4)
    let count = pread(descriptor, &magic, magic.count, 0)
    if ByteSource.isPacked(magic.prefix(max(0, count))) {
      close(descriptor)
      throw .packed(path: path)
    }
    endsTorn = last != 0x0a
    names = targets.map { Array(JSON.string($0.name).line.utf8) }
    line.write(header: LogHeader.line(for: session))
    try flush()
  }

  deinit { close(descriptor) }

  /// Appends an observation of one of the session's targets, with what the prober has to say of it
  /// beside its outcome.
  public func append(_ observation: Observation, detail: Detail? = nil) throws(LogError) {
    line.write(observation, name: names[observation.target], detail, isBrief: isBrief)
    try flush()
  }

  private func flush() throws(LogError) {
    if endsTorn { line.insertEnd() }
    line.end()
    defer { line.clear() }
    var written = 0
    // One write makes a line whole; only a disk that fills up in the middle takes it in parts.
    while written < line.bytes.count {
      let count = line.bytes.withUnsafeBytes { bytes in
        bytes.baseAddress.map { write(descriptor, $0 + written, bytes.count - written) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 {
        let error = errno
        endsTorn = written > 0 || endsTorn
        throw .cannotWrite(path: path, errno: error)
      }
      written += count
    }
    endsTorn = false
  }
}
