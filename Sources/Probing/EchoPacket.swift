import Glibc

/// An echo request or reply of ICMP (RFC 792, RFC 4443), as far as we look at it.
struct EchoPacket {
  var identifier: UInt16
  var sequence: UInt16
  /// What a request carried, so that nobody can answer who has not seen it. Errors quote less.
  var token: UInt64?

  /// As many bytes as `ping` has.
  private static let payload = 56

  /// Reads what a socket has delivered; nil when it is something else.
  init?(_ bytes: ArraySlice<UInt8>, family: Int32, isReply: Bool, hasIPHeader: Bool) {
    var bytes = bytes
    if hasIPHeader { bytes = bytes.dropFirst(Int((bytes.first ?? 0) & 0x0f) * 4) }
    let start = bytes.startIndex
    guard bytes.count >= 8 else { return nil }
    let kind: UInt8 = family == AF_INET ? (isReply ? 0 : 8) : (isReply ? 129 : 128)
    if bytes[start] != kind { return nil }
    func number(_ index: Int) -> UInt16 {
      UInt16(bytes[start + index]) << 8 | UInt16(bytes[start + index + 1])
    }
    (identifier, sequence) = (number(4), number(6))
    if bytes.count >= 16 {
      token = (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(bytes[start + 8 + $1]) }
    }
  }

  static func request(
    family: Int32, identifier: UInt16, sequence: UInt16, token: UInt64
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 8 + payload)
    bytes[0] = family == AF_INET ? 8 : 128
    func put(_ number: UInt16, at index: Int) {
      (bytes[index], bytes[index + 1]) = (UInt8(number >> 8), UInt8(truncatingIfNeeded: number))
    }
    put(identifier, at: 4)
    put(sequence, at: 6)
    for index in 0..<8 {
      bytes[8 + index] = UInt8(truncatingIfNeeded: token >> UInt64(8 * index))
    }
    // Of IPv6 the kernel does it, since the addresses count too.
    if family == AF_INET { put(checksum(bytes), at: 2) }
    return bytes
  }

  /// The Internet's checksum (RFC 1071).
  private static func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count - 1, by: 2) {
      sum += UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
    }
    while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
    return ~UInt16(sum)
  }
}
