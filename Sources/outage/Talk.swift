import Glibc
import Logging
import Reports

/// What the command says beside its results: on standard error, through swift-log.
enum Talk {
  private static let logger = Logger(label: "outage") { _ in StandardErrorHandler() }
  /// Set once, before anything is said.
  private static let isVerbose = CommandLine.arguments.contains { $0 == "-v" || $0 == "--verbose" }

  static func error(_ message: String) { logger.error("\(message)") }
  static func warning(_ message: String) { logger.warning("\(message)") }
  static func notice(_ message: String) { logger.notice("\(message)") }

  /// Says what only the curious want to know.
  static func detail(_ message: String) {
    if isVerbose { logger.info("\(message)") }
  }

  /// A text as it is.
  static func plain(_ text: String) { Output.write(text + "\n", to: STDERR_FILENO) }
}

/// One line an event, without times: the journal and the terminal's user have clocks.
private struct StandardErrorHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let prefix = event.level >= .warning ? "outage: \(event.level): " : "outage: "
    // Names come from logs and plans, and may hold what would move the terminal's cursor.
    let lines = "\(event.message)".split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.map { String($0).printable }.joined(separator: "\n")
    Output.write("\(prefix)\(text)\n", to: STDERR_FILENO)
  }
}
