import FoundationEssentials
package import Outages

/// Why a file is not what it should be.
public struct ReadingError: Error, CustomStringConvertible {
  public let description: String

  package init(_ description: String) { self.description = description }
}

/// Reads our own JSON back.
package enum JSONFile {
  package protocol Formatted {
    var format: String { get }
  }

  /// Reads a file of one format; `called` is what messages call it.
  package static func read<File: Decodable & Formatted>(
    _ text: String, format: String, called name: String
  ) throws(ReadingError) -> File {
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: Data(text.utf8))
    } catch {
      throw ReadingError("this is no \(name): \(complaint(error))")
    }
    if file.format != format {
      throw ReadingError("this is '\(file.format)', and not '\(format)'")
    }
    return file
  }

  /// What a decoder complains of, and where.
  private static func complaint(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
      return path.isEmpty ? "" : " at \(path.joined(separator: "."))"
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context):
      return "there is no '\(key.stringValue)'\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return "\(context.debugDescription)\(place(context))"
    default: return "\(error)"
    }
  }

  package static func corrupted(_ decoder: any Decoder, _ complaint: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: complaint))
  }
}

/// An instant as JSON has it.
package struct InstantJSON: Decodable, Sendable {
  package var instant: Instant

  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let instant = Instant(rfc3339: text) else {
      throw JSONFile.corrupted(decoder, "'\(text)' is no time")
    }
    self.instant = instant
  }
}

/// Bounds as JSON has them.
package struct BoundsJSON: Decodable, Sendable {
  private var earliest: InstantJSON?
  private var latest: InstantJSON

  package var bounds: Bounds { Bounds(earliest: earliest?.instant, latest: latest.instant) }
}

/// A scope as JSON has it: an object with one member.
package struct ScopeJSON: Decodable, Sendable {
  package var scope: Episode.Scope

  package init(from decoder: any Decoder) throws {
    let object = try decoder.singleValueContainer().decode([String: String].self)
    switch (object.count, object["target"], object["group"], object["vantage"]) {
    case (1, let name?, _, _): scope = .target(name)
    case (1, _, let name?, _): scope = .group(name)
    case (1, _, _, let name?): scope = .vantage(name)
    default: throw JSONFile.corrupted(decoder, "a scope is one of target, group and vantage")
    }
  }
}
