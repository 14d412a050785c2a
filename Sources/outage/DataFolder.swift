import ArgumentParser
import FoundationEssentials
import Glibc

/// Where a daemon keeps its log.
struct DataOptions: ParsableArguments {
  @Option(
    name: .customLong("data"),
    help: ArgumentHelp(
      "The folder of the log. (default: $XDG_STATE_HOME/outage, or ~/.local/state/outage)",
      valueName: "dir"))
  var chosen: String?

  var folder: String {
    if let chosen { return chosen }
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    let state = variable("XDG_STATE_HOME") ?? (variable("HOME") ?? "") + "/.local/state"
    return state + "/outage"
  }

  var logPath: String { folder + "/probes.ndjson" }

  var notesPath: String { folder + "/notes.ndjson" }

  /// The path of the log, which must be there.
  func existingLog() throws -> String {
    if access(logPath, F_OK) != 0, errno == ENOENT {
      throw Failure(
        .noInput,
        "there is no log in \(folder) yet; begin one with: outage watch --data \(folder)")
    }
    return logPath
  }
}

/// A data folder that is ours alone while we live: two daemons would write one log twice.
final class DataFolder {
  private let descriptor: Int32

  /// Makes the folder when it is missing and takes its lock, which ends with this value or with the
  /// process.
  init(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        .cannotCreate,
        "cannot make the data folder \(path): \(DataFolder.reason(error)); "
          + "choose another with --data DIR")
    }
    descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 {
      throw Failure(
        .cannotCreate,
        "cannot write in \(path): \(String(cString: strerror(errno))); choose another with --data DIR"
      )
    }
    var lock = DataFolder.lock
    if fcntl(descriptor, F_SETLK, &lock) == 0 { return }
    lock = DataFolder.lock
    let isKnown = fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK
    close(descriptor)
    throw Failure(
      .tryLater,
      "\(path) is in use by process \(isKnown ? "\(lock.l_pid)" : "unknown"); "
        + "end it, or choose another folder with --data DIR")
  }

  deinit { close(descriptor) }

  /// What the system said, where it said something.
  private static func reason(_ error: any Error) -> String {
    guard let error = error as? CocoaError, let cause = error.underlying as? POSIXError else {
      return "there is something else of that name"
    }
    return String(cString: strerror(cause.code.rawValue))
  }

  private static var lock: flock {
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    return lock
  }
}
