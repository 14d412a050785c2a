import Glibc

/// Why a log cannot be read or written at all. Bad lines are no errors: they are `LogProblem`s.
public enum LogError: Error, Equatable, CustomStringConvertible {
  case cannotOpen(path: String, errno: Int32)
  case cannotRead(path: String, errno: Int32)
  case cannotWrite(path: String, errno: Int32)
  /// A header names a format that this version does not know.
  case unknownFormat(path: String, line: Int, format: String)
  /// A first line names columns, but not those that a log needs.
  case unknownColumns(path: String, line: Int)
  /// A packed log cannot be gone on with.
  case packed(path: String)
  /// Libz or libzstd could not begin.
  case noMemory

  public var description: String {
    switch self {
    case .cannotOpen(let path, let errno): "cannot open \(path): \(text(of: errno))"
    case .cannotRead(let path, let errno): "cannot read \(path): \(text(of: errno))"
    case .cannotWrite(let path, let errno): "cannot write \(path): \(text(of: errno))"
    case .unknownFormat(let path, let line, let format):
      "\(path):\(line): the log has the format '\(format)', this version reads 'outage/1'; "
        + "read it with the version that wrote it, or a newer one"
    case .unknownColumns(let path, let line):
      "\(path):\(line): a log in CSV names its columns in the first line, separated by commas: "
        + "time,target,ok and, if there are, ms,error"
    case .packed(let path):
      "\(path) is compressed, and nothing can be appended to it; unpack it, or move it away"
    case .noMemory: "out of memory while decompressing"
    }
  }
}

/// A line that could not be read as what it should be. It was left out, and nothing else was lost.
public struct LogProblem: Sendable, Equatable, CustomStringConvertible {
  public var path: String
  /// Counted from 1.
  public var line: Int
  public var message: String

  public var description: String { "\(path):\(line): \(message)" }
}

private func text(of errno: Int32) -> String { String(cString: strerror(errno)) }
