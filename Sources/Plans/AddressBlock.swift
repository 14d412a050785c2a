import Glibc
import Outages

/// A block of addresses of either family, as CIDR writes it: `192.0.2.0/24`.
struct AddressBlock {
  private let family: Int32
  /// The block's first address; bits of hosts are zero.
  private let first: [UInt8]
  private let hostBits: Int
  private let text: String

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let bits = Int(parts[1]) else { return nil }
    family = parts[0].contains(":") ? AF_INET6 : AF_INET
    var bytes = [UInt8](repeating: 0, count: family == AF_INET ? 4 : 16)
    guard inet_pton(family, String(parts[0]), &bytes) == 1, 0...bytes.count * 8 ~= bits else {
      return nil
    }
    for bit in bits..<bytes.count * 8 { bytes[bit / 8] &= ~(UInt8(0x80) >> UInt8(bit % 8)) }
    (first, hostBits, self.text) = (bytes, bytes.count * 8 - bits, text)
  }

  /// Of IPv4, the first address names the network and the last is everybody's.
  private var hasEnds: Bool { family == AF_INET && hostBits > 1 }

  /// How many hosts it may have.
  var count: Double { scalbn(1, Int32(hostBits)) - (hasEnds ? 2 : 0) }

  /// So many of its hosts, or all when it has no more. Which ones depends on the block alone, so that
  /// a restart asks the same.
  func sample(_ most: Int) -> [String] {
    if count <= Double(most) {
      return (0..<UInt64(count)).map { address(0, $0 + (hasEnds ? 1 : 0)) }
    }
    var chosen: Set<String> = []
    var order: [String] = []
    var draw: UInt64 = 0
    while order.count < most {
      let (high, low) = (ones(text, draw, "high"), ones(text, draw, "low"))
      draw += 1
      let host = address(high, low)
      let isEnd = hasEnds && (host == address(0, 0) || host == address(.max, .max))
      if !isEnd, chosen.insert(host).inserted { order.append(host) }
    }
    return order
  }

  /// Sixty-four bits that hang on the block and on the draw.
  private func ones(_ text: String, _ draw: UInt64, _ part: String) -> UInt64 {
    var hash = FNV1a()
    hash.mix("\(text) \(draw) \(part)")
    return hash.mixed
  }

  /// The address whose bits for hosts are the last of these.
  private func address(_ high: UInt64, _ low: UInt64) -> String {
    var bytes = first
    for bit in 0..<hostBits {
      let word = bit < 64 ? low >> UInt64(bit) : high >> UInt64(bit - 64)
      if word & 1 == 1 { bytes[bytes.count - 1 - bit / 8] |= 1 << UInt8(bit % 8) }
    }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    inet_ntop(family, bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
