import Glibc
import JSONText
public import Outages

/// Appends to a probe log, each line with one `write`: after a crash, at most the last is torn.
public final class LogWriter {
  public let path: String
  private let descriptor: Int32
  private var names: [[UInt8]]
  private var line: [UInt8] = []
  /// Whether the file ends within a line, after a crash or a disk that was full.
  private var endsTorn: Bool

  /// Opens the log for a new recording session and writes its header. `targets` are those that
  /// observations name by index. The log is made when it is missing; a torn tail is closed, so that
  /// it costs that line alone.
  public init(path: String, session: Session, targets: [Target]) throws(LogError) {
    self.path = path
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
    names = targets.map { target in
      var name = ""
      JSON.quote(target.name, into: &name)
      return Array(name.utf8)
    }
    line.append(contentsOf: LogHeader.line(for: session).utf8)
    try flush()
  }

  deinit { close(descriptor) }

  /// Appends an observation of one of the session's targets, with the prober's own sentence about
  /// it for people.
  public func append(_ observation: Observation, detail: String? = nil) throws(LogError) {
    put(#"{"time":""#)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { bytes in
      let count = observation.time.write(to: bytes.baseAddress)
      line.append(contentsOf: bytes.prefix(count))
    }
    put(#"","target":"#)
    line.append(contentsOf: names[observation.target])
    switch observation.outcome {
    case .answered(let milliseconds):
      put(#","ok":true"#)
      if let milliseconds { put(#","ms":\#(LogWriter.rounded(milliseconds))"#) }
    case .failed(let failure):
      put(#","ok":false,"error":"\#(failure.rawValue)""#)
    }
    if let detail {
      var text = ""
      JSON.quote(detail, into: &text)
      put(#","detail":"# + text)
    }
    if let after = observation.after { put(#","after":"\#(after.rawValue)""#) }
    put("}")
    try flush()
  }

  /// A latency with at most three digits after the point.
  private static func rounded(_ milliseconds: Double) -> String {
    let thousandths = Int64(min(max(milliseconds, 0), 1e12) * 1000 + 0.5)
    let fraction = thousandths % 1000
    if fraction == 0 { return "\(thousandths / 1000)" }
    var digits = String(1000 + fraction).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(thousandths / 1000).\(digits)"
  }

  private func put(_ text: String) { line.append(contentsOf: text.utf8) }

  private func flush() throws(LogError) {
    defer { line.removeAll(keepingCapacity: true) }
    if endsTorn { line.insert(0x0a, at: 0) }
    line.append(0x0a)
    var written = 0
    // One write makes a line whole; only a disk that fills up in the middle takes it in parts.
    while written < line.count {
      let count = line.withUnsafeBytes { bytes in
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
