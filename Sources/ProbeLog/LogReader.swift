import FoundationEssentials
import Outages

/// One source of observations: a file or standard input, NDJSON or CSV, packed or not.
final class LogReader {
  private enum Format {
    case unknown
    case lines
    case csv(CSVParser)
  }

  /// What a reader found next.
  enum Item {
    case observation(Observation)
    indirect case session(Session)
  }

  private let lines: LineReader
  private var format = Format.unknown
  /// Called with each line that cannot be read.
  private let report: (LogProblem) -> Void
  private var isDamageReported = false

  init(path: String, report: @escaping (LogProblem) -> Void) throws(LogError) {
    lines = LineReader(try ByteSource(path: path))
    self.report = report
  }

  var path: String { lines.path }
  var lineNumber: Int { lines.number }

  /// The next item in the order of the file. `names` gives the index of a target's name.
  func next(
    index: (UnsafeRawBufferPointer) -> Int
  ) throws(LogError) -> Item? {
    while let line = try lines.next() {
      if lines.isTooLong {
        problem("the line is longer than 16 MiB, which no log line is")
        continue
      }
      switch format {
      case .lines:
        if let item = try observation(line, index) { return item }
      case .csv(let parser):
        if let item = record(line, parser, index) { return item }
      case .unknown:
        let line = withoutByteOrderMark(line)
        if let parser = CSVParser(header: line) {
          format = .csv(parser)
        } else if CSVParser.isMeant(by: line) {
          throw .unknownColumns(path: path, line: lines.number)
        } else {
          if !line.isEmpty { format = .lines }
          if let item = try observation(line, index) { return item }
        }
      }
    }
    if let damage = lines.damage, !isDamageReported {
      isDamageReported = true
      problem(damage)
    }
    return nil
  }

  private func observation(
    _ line: UnsafeRawBufferPointer, _ index: (UnsafeRawBufferPointer) -> Int
  ) throws(LogError) -> Item? {
    switch LineParser.parse(line) {
    case .observation(let time, let target, let isEscaped, let outcome, let after):
      let index = isEscaped ? unescaped(target).withUnsafeBytes { index($0) } : index(target)
      return .observation(
        Observation(time: time, target: index, outcome: outcome, after: after))
    case .header:
      switch LogHeader.read(line) {
      case .session(let session): return .session(session)
      case .unknownFormat(let format):
        throw .unknownFormat(path: path, line: lines.number, format: format)
      case .problem(let message): problem(message)
      }
    case .empty: break
    case .problem(let message):
      // A file system that lost its tail in a crash fills it with NULs; what follows them is whole.
      let rest = UnsafeRawBufferPointer(rebasing: line.drop { $0 == 0 })
      if rest.count < line.count {
        problem("\(line.count - rest.count) NUL bytes, as a crash leaves them")
        if !rest.isEmpty { return try observation(rest, index) }
      } else {
        problem(lines.isTorn && line.last != UInt8(ascii: "}") ? "the line is cut off" : message)
      }
    }
    return nil
  }

  private func record(
    _ line: UnsafeRawBufferPointer, _ parser: CSVParser, _ index: (UnsafeRawBufferPointer) -> Int
  ) -> Item? {
    switch parser.parse(line) {
    case .observation(let time, let target, let outcome):
      let index = Array(target.utf8).withUnsafeBytes { index($0) }
      return .observation(Observation(time: time, target: index, outcome: outcome))
    case .empty: return nil
    case .problem(let message):
      problem(lines.isTorn ? "the line is cut off" : message)
      return nil
    }
  }

  private func problem(_ message: String) {
    report(LogProblem(path: path, line: lines.number, message: message))
  }

  /// A name with its JSON escapes resolved, as UTF-8.
  private func unescaped(_ name: UnsafeRawBufferPointer) -> [UInt8] {
    let quoted = Data([UInt8(ascii: "\"")] + name + [UInt8(ascii: "\"")])
    let text = try? JSONDecoder().decode(String.self, from: quoted)
    return text.map { Array($0.utf8) } ?? Array(name)
  }

  private func withoutByteOrderMark(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    line.starts(with: [0xef, 0xbb, 0xbf])
      ? UnsafeRawBufferPointer(rebasing: line.dropFirst(3)) : line
  }
}
