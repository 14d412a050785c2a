/// The FNV-1a hash of 64 bits (Fowler, Noll, Vo), for names that must be the same everywhere.
public struct FNV1a: Sendable {
  public private(set) var value: UInt64

  public init(from start: UInt64 = 0xcbf2_9ce4_8422_2325) { value = start }

  /// The hash with its high bits folded in, fit to be taken modulo any number.
  public var mixed: UInt64 { value ^ value >> 32 }

  public mutating func mix(bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// Mixes in a text and a byte that no UTF-8 text contains, so that "ab", "c" is not "a", "bc".
  public mutating func mix(_ text: String) {
    mix(bytes: text.utf8)
    mix(bytes: CollectionOfOne(0xff))
  }
}
