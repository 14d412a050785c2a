import Foundation
import Glibc
import Testing

/// The built program against real servers. One test after another: they watch real time, and would
/// be in each other's way.
@Suite(.serialized) enum CommandTests {}

/// The built program, as a user runs it.
enum Program {
  struct Result {
    /// The exit code, or the negative number of the signal that ended it.
    var status: Int32
    var output: String
    var errors: String
  }

  /// Beside the tests' own executable.
  static let path: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("outage")
      .path
  }()

  /// Runs it to its end.
  static func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:],
    wrapper: [String] = []
  ) throws -> Result {
    let running = try Running(arguments, environment: environment, wrapper: wrapper)
    running.write(input)
    return running.end()
  }
}

/// The program while it runs.
final class Running {
  private let child: Child
  private let lines: Lines
  /// The file of its standard error.
  let errors: String

  init(_ arguments: [String], environment: [String: String] = [:], wrapper: [String] = []) throws {
    errors = NSTemporaryDirectory() + UUID().uuidString
    child = try Child(
      wrapper + [Program.path] + arguments, environment: environment, errors: errors)
    lines = Lines(child.output)
  }

  deinit {
    child.signal(SIGKILL)
    unlink(errors)
  }

  var id: Int32 { child.id }

  func signal(_ number: Int32) { child.signal(number) }

  func write(_ text: String) { child.write(text) }

  /// Waits for the next line of output that contains a text. Nil when the output ends first.
  func line(containing text: String) -> String? { lines.next(containing: text) }

  /// Closes its input and waits for its end.
  func end() -> Program.Result {
    child.closeInput()
    let output = lines.rest()
    let status = child.wait()
    let said = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
    return Program.Result(status: status, output: output, errors: said)
  }
}

/// A process with pipes to its input and from its output. Foundation's own leaves its children with
/// the signals blocked that are blocked in the thread that happens to start them.
final class Child {
  let id: pid_t
  let output: Int32
  private var input: Int32
  private var status: Int32?
  private static let spawning = NSLock()

  init(
    _ arguments: [String], environment: [String: String] = [:], errors: String = "/dev/null"
  ) throws {
    // One at a time: a pipe that another child inherits has no end.
    Child.spawning.lock()
    defer { Child.spawning.unlock() }
    var toChild: [Int32] = [0, 0]
    var fromChild: [Int32] = [0, 0]
    guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw POSIXError(.EMFILE) }
    for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer {
      close(toChild[0])
      close(fromChild[1])
    }
    (input, output) = (toChild[1], fromChild[0])

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    let all = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = all.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var id: pid_t = 0
    let error = posix_spawnp(&id, arguments[0], &actions, &attributes, &argv, &envp)
    self.id = id
    if error != 0 { throw POSIXError(POSIXErrorCode(rawValue: error) ?? .ENOENT) }
  }

  deinit {
    if status == nil {
      signal(SIGKILL)
      _ = wait()
    }
    closeInput()
    close(output)
  }

  func signal(_ number: Int32) {
    if status == nil { kill(id, number) }
  }

  func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count, let start = bytes.baseAddress {
        let count = Glibc.write(input, start + written, bytes.count - written)
        if count <= 0 { return }
        written += count
      }
    }
  }

  func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  /// Waits for its end: the exit code, or the negative number of the signal.
  func wait() -> Int32 {
    if let status { return status }
    var raw: Int32 = 0
    while waitpid(id, &raw, 0) < 0, errno == EINTR {}
    let code = raw & 0x7f == 0 ? raw >> 8 & 0xff : -(raw & 0x7f)
    status = code
    return code
  }

  /// Whether it has not ended yet.
  var isRunning: Bool {
    var raw: Int32 = 0
    guard status == nil, waitpid(id, &raw, WNOHANG) == id else { return status == nil }
    status = raw
    return false
  }
}

/// The lines that come out of a pipe, as they come.
final class Lines {
  private let descriptor: Int32
  private var unread: [UInt8] = []

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  func next(containing text: String) -> String? {
    while true {
      while let end = unread.firstIndex(of: 0x0a) {
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread.removeFirst(end + 1)
        if line.contains(text) { return line }
      }
      if !readMore() { return nil }
    }
  }

  /// All that is left, to the end.
  func rest() -> String {
    while readMore() {}
    return String(decoding: unread, as: UTF8.self)
  }

  /// False at the end, and when nothing came for so long that nothing will: whoever should have
  /// written it is dead, and the test fails instead of waiting for ever.
  private func readMore() -> Bool {
    var readable = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&readable, 1, 60_000) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    let count = read(descriptor, &buffer, buffer.count)
    if count > 0 { unread += buffer[..<count] }
    return count > 0
  }
}

/// Follows a file as it grows.
final class Tail {
  private let child: Child
  private let lines: Lines

  init(_ path: String, from offset: Int = 0) throws {
    child = try Child(["tail", "--bytes=+\(offset + 1)", "--follow=name", "--retry", path])
    lines = Lines(child.output)
  }

  func line(containing text: String) -> String? { lines.next(containing: text) }
}

/// A folder for a test's files, gone when the test is.
final class Scratch {
  let path = NSTemporaryDirectory() + "outage-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ text: String, _ name: String) throws -> String {
    let file = path + "/" + name
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    return file
  }

  /// A log of one target that is probed every so many seconds: `.` answered, `x` failed.
  func log(of row: String, every seconds: Double) throws -> String {
    let lines = row.enumerated().map { turn, cell in
      let time = Date(timeIntervalSince1970: 1_419_264_000 + seconds * Double(turn))
        .formatted(.iso8601)
      return #"{"time":"\#(time)","target":"a","ok":\#(cell == ".")}"#
    }
    return try write(lines.joined(separator: "\n"), "log")
  }
}

/// What the tests look at in a report.
struct Report: Decodable {
  var probes: Int?
  struct Bounds: Decodable {
    var earliest: String?
    var latest: String
  }
  struct Episode: Decodable {
    var id: String
    var kind: String
    var scope: [String: String]
    var parent: String?
    var cause: String?
    var start: Bounds
    var end: Bounds?
  }
  struct Target: Decodable {
    var name: String
    var state: String
    var observed_seconds: Double
    var down_seconds: Double
    var unobserved_seconds: Double
    var blips: Int
    var outages: Int
  }
  var from: String
  var to: String
  var targets: [Target]
  var episodes: [Episode]

  init(_ json: String) throws {
    self = try JSONDecoder().decode(Report.self, from: Data(json.utf8))
  }
}
