import Glibc
import Outages

/// From the bytes of a target's name to its index in the session, without making strings: a log
/// repeats few names many times, and mostly in the same order.
struct NameTable {
  private var bytes: [UInt8] = []
  /// Where in `bytes` each name lies.
  private var places: [Range<Int>] = []
  /// Open addressing over `places`; −1 is free.
  private var slots: [Int32] = Array(repeating: -1, count: 64)
  /// For each name the one that followed it last time: the first guess.
  private var followers: [Int32] = []
  private var last = 0

  /// The index of a name, which `make` adds to the session when it is new.
  mutating func index(of name: UnsafeRawBufferPointer, make: () -> Int) -> Int {
    if last < followers.count {
      let guess = Int(followers[last])
      if guess >= 0, isName(guess, name) {
        last = guess
        return guess
      }
    }
    let index = find(name) ?? add(name, make)
    if last < followers.count { followers[last] = Int32(index) }
    last = index
    return index
  }

  /// Learns the names that a session has and we don't.
  mutating func learn(_ session: Session) {
    for index in places.count..<max(places.count, session.targets.count) {
      var name = session.targets[index].name
      name.withUTF8 { insert(UnsafeRawBufferPointer($0)) }
    }
  }

  private mutating func add(_ name: UnsafeRawBufferPointer, _ make: () -> Int) -> Int {
    let index = make()
    insert(name)
    return index
  }

  private mutating func insert(_ name: UnsafeRawBufferPointer) {
    places.append(bytes.count..<bytes.count + name.count)
    bytes.append(contentsOf: name)
    followers.append(-1)
    if places.count * 2 > slots.count {
      slots = Array(repeating: -1, count: slots.count * 2)
      for index in places.indices { place(index) }
    } else {
      place(places.count - 1)
    }
  }

  private mutating func place(_ index: Int) {
    var slot = bytes[places[index]].withUnsafeBytes { hash($0) } & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(index)
  }

  private func find(_ name: UnsafeRawBufferPointer) -> Int? {
    var slot = hash(name) & (slots.count - 1)
    while slots[slot] >= 0 {
      if isName(Int(slots[slot]), name) { return Int(slots[slot]) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private func isName(_ index: Int, _ name: UnsafeRawBufferPointer) -> Bool {
    let place = places[index]
    guard place.count == name.count, let other = name.baseAddress else { return false }
    return bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { memcmp($0 + place.lowerBound, other, place.count) == 0 } ?? false
    }
  }

  private func hash(_ name: UnsafeRawBufferPointer) -> Int {
    var hash = FNV1a()
    hash.mix(bytes: name)
    return Int(truncatingIfNeeded: hash.mixed)
  }
}
