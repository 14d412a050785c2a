import CCompression
import Foundation
import Outages
import Testing

@testable import ProbeLog

/// A folder for a test's files, gone when the test is.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "outage-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func write(_ bytes: some DataProtocol, _ name: String = "log") throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func write(_ text: String, _ name: String = "log") throws -> String {
    try write(Array(text.utf8), name)
  }
}

/// What a stream of logs says, in the order it says it.
struct Reading: Equatable {
  /// `12:00:30 web ok 20.5`, `12:01:00 web timeout`.
  var lines: [String] = []
  var problems: [String] = []
  var reordered = 0
  var duplicates = 0
  var late = 0
  var session = Session()

  init(_ paths: [String]) throws {
    var stream = try LogStream(paths: paths)
    while let observation = try stream.next() {
      let time = observation.time.description.dropFirst(11).prefix(8)
      let name = stream.session.targets[observation.target].name
      let outcome =
        switch observation.outcome {
        case .answered(let milliseconds): "ok" + (milliseconds.map { " \($0)" } ?? "")
        case .failed(let failure): failure.rawValue
        case .prevented(let trouble): "local \(trouble.rawValue)"
        }
      lines.append("\(time) \(name) \(outcome)")
    }
    let found = stream.irregularities
    problems = found.problems.map { "\($0.line): \($0.message)" }
    (reordered, duplicates, late) = (found.reordered, found.duplicates, found.late)
    session = stream.session
  }
}

enum Packing: CaseIterable {
  case plain, gzip, zstd

  func pack(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .plain: return bytes
    case .zstd:
      var packed = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
      packed.removeLast(
        packed.count - ZSTD_compress(&packed, packed.count, bytes, bytes.count, 3))
      return packed
    case .gzip:
      var stream = z_stream()
      deflateInit2_(
        &stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
      defer { deflateEnd(&stream) }
      var packed = [UInt8](repeating: 0, count: bytes.count + 1000)
      var input = bytes
      return input.withUnsafeMutableBufferPointer { input in
        packed.withUnsafeMutableBufferPointer { output in
          stream.next_in = input.baseAddress
          stream.avail_in = UInt32(input.count)
          stream.next_out = output.baseAddress
          stream.avail_out = UInt32(output.count)
          deflate(&stream, Z_FINISH)
          return Array(output.prefix(output.count - Int(stream.avail_out)))
        }
      }
    }
  }
}
