import CAres
import Glibc

/// A record of a DNS answer, its data as a zone file has it (RFC 1035 §5.1, RFC 3597 for what we
/// know nothing of).
struct DNSRecord {
  var text: String

  /// Of a longer answer, and of longer records, the beginning is enough.
  private static let mostRecords = 256
  private static let longestRecord = 1024

  /// The records of an answer, and whether it could be read to its end.
  static func all(in answer: [UInt8]) -> (records: [DNSRecord], isWhole: Bool) {
    var records: [DNSRecord] = []
    var found = outage_dns_record()
    return answer.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return ([], false) }
      while records.count < mostRecords {
        let status = outage_dns_find(start, Int32(bytes.count), Int32(records.count), &found)
        if status == 0 { return (records, true) }
        guard status > 0, let data = found.data else { return (records, false) }
        let reader = Reader(
          message: bytes, data: UnsafeBufferPointer(start: data, count: Int(found.length)),
          offset: data - start)
        guard let text = reader.text(ofType: found.type) else { return (records, false) }
        records.append(DNSRecord(text: String(text.prefix(longestRecord))))
      }
      return (records, true)
    }
  }

  /// Reads the data of one record, never beyond its end.
  private struct Reader {
    var message: UnsafeBufferPointer<UInt8>
    var data: UnsafeBufferPointer<UInt8>
    /// Where the data begins in the message, to whose names it may refer.
    var offset: Int

    func text(ofType type: Int32) -> String? {
      switch type {
      case 1: data.count == 4 ? address(AF_INET) : nil
      case 28: data.count == 16 ? address(AF_INET6) : nil
      case 2, 5, 12: name(at: 0)?.text
      case 15: number(at: 0).flatMap { number in name(at: 2).map { "\(number) \($0.text)" } }
      case 33: service
      case 6: authority
      case 16: strings
      case 257: authorization
      default: "\\# \(data.count) " + hex
      }
    }

    private func address(_ family: Int32) -> String {
      var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
      inet_ntop(family, data.baseAddress, &text, socklen_t(text.count))
      return text.text
    }

    private func number(at index: Int) -> Int? {
      index + 2 <= data.count ? Int(data[index]) << 8 | Int(data[index + 1]) : nil
    }

    private func long(at index: Int) -> Int? {
      number(at: index).flatMap { high in number(at: index + 2).map { high << 16 | $0 } }
    }

    /// A name, and how many bytes it has here.
    private func name(at index: Int) -> (text: String, count: Int)? {
      guard index < data.count, let start = message.baseAddress else { return nil }
      var text = [CChar](repeating: 0, count: 1025)
      let count = dn_expand(
        start, start + message.count, start + offset + index, &text, Int32(text.count))
      if count < 0 || index + Int(count) > data.count { return nil }
      return (text.text + ".", Int(count))
    }

    private var service: String? {
      guard let priority = number(at: 0), let weight = number(at: 2), let port = number(at: 4),
        let host = name(at: 6)
      else { return nil }
      return "\(priority) \(weight) \(port) \(host.text)"
    }

    private var authority: String? {
      guard let first = name(at: 0), let second = name(at: first.count) else { return nil }
      let start = first.count + second.count
      let numbers = (0..<5).compactMap { long(at: start + 4 * $0) }
      if numbers.count < 5 { return nil }
      return "\(first.text) \(second.text) " + numbers.map { "\($0)" }.joined(separator: " ")
    }

    private var strings: String? {
      var parts: [String] = []
      var at = 0
      while at < data.count {
        let end = at + 1 + Int(data[at])
        if end > data.count { return nil }
        parts.append(quoted(data[at + 1..<end]))
        at = end
      }
      return parts.joined(separator: " ")
    }

    private var authorization: String? {
      guard data.count >= 2, data.count >= 2 + Int(data[1]) else { return nil }
      let tag = String(decoding: data[2..<2 + Int(data[1])], as: UTF8.self)
      return "\(data[0]) \(tag) " + quoted(data[(2 + Int(data[1]))...])
    }

    private func quoted(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
      var text = "\""
      for byte in bytes {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\" + String(UnicodeScalar(byte))
        case 0x20..<0x7f: text.unicodeScalars.append(UnicodeScalar(byte))
        default: text += "\\" + String(String(1000 + Int(byte)).dropFirst())
        }
      }
      return text + "\""
    }

    private var hex: String {
      data.map { String(String(256 + Int($0), radix: 16).dropFirst()) }.joined()
    }
  }
}
