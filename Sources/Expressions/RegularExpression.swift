import CExpressions

/// A regular expression of PCRE2, with a bound on the work that one match may make: the text comes
/// from whoever answers, and must not keep us busy.
public final class RegularExpression: Sendable, Equatable, CustomStringConvertible {
  /// Why a text is no expression, and where.
  public struct SyntaxError: Error, CustomStringConvertible {
    public let description: String
  }

  public let text: String
  /// What people are shown of it.
  public let description: String
  // Unchecked is sound: the pointer never changes, and what it points to is only read between here and
  // deinit, which PCRE2 allows any number of threads at once (pcre2api, "MULTITHREADING").
  private struct Code: @unchecked Sendable { let pointer: OpaquePointer }
  private let code: Code
  /// How many steps a match may take. PCRE2's own limit begins anew at each place of the text.
  private static let mostSteps = 1_000_000

  /// `shown` takes the place of a text that not everybody may see.
  public init(_ text: String, shown: String? = nil) throws(SyntaxError) {
    (self.text, description) = (text, shown ?? text)
    var problem: Int32 = 0
    var offset = 0
    let bytes = Array(text.utf8)
    guard
      let pointer = pcre2_compile_8(
        bytes, bytes.count, PCRE2_UTF | PCRE2_MULTILINE | PCRE2_AUTO_CALLOUT, &problem, &offset, nil
      )
    else {
      var message = [UInt8](repeating: 0, count: 256)
      pcre2_get_error_message_8(problem, &message, message.count)
      let reason = String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
      throw SyntaxError(description: "\(reason), at character \(offset + 1)")
    }
    code = Code(pointer: pointer)
  }

  deinit { pcre2_code_free_8(code.pointer) }

  /// Whether some part of the bytes matches. What is not UTF-8 is read over, and a match that takes
  /// too much work is none.
  public func matches(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    return Array(text.utf8).withUnsafeBufferPointer { subject in
      guard let data = pcre2_match_data_create_8(1, nil),
        let context = pcre2_match_context_create_8(nil)
      else { return false }
      defer {
        pcre2_match_data_free_8(data)
        pcre2_match_context_free_8(context)
      }
      var steps = RegularExpression.mostSteps
      return withUnsafeMutablePointer(to: &steps) { steps in
        pcre2_set_callout_8(
          context,
          { _, context in
            guard let left = context?.assumingMemoryBound(to: Int.self) else { return 0 }
            left.pointee -= 1
            return left.pointee < 0 ? PCRE2_ERROR_CALLOUT : 0
          }, steps)
        return pcre2_match_8(
          code.pointer, subject.baseAddress, subject.count, 0, UInt32(PCRE2_NO_UTF_CHECK), data,
          context) >= 0
      }
    }
  }

  public static func == (a: RegularExpression, b: RegularExpression) -> Bool { a.text == b.text }
}
