import Foundation
import Glibc
import Synchronization

/// Stands between a client and a server of loopback, and spoils what the server says: cuts it after
/// its first byte, the next time after its second, until all of its places have had their turn; and
/// between these turns over a bit somewhere.
final class Relay: Sendable {
  private struct Progress {
    var connections: UInt64 = 0
    /// After how many bytes the next answer is cut, and how long the longest was.
    var cut = 0
    var longest = 0
    /// Places before which the client gave up.
    var missed: [Int] = []

    mutating func next() -> Spoiling {
      connections += 1
      var random = SplitMix(state: connections)
      if connections % 8 == 0 {
        let place = Int(random.next() % UInt64(longest + 1))
        return .turned(place, bit: 1 << UInt8(random.next() % 8))
      }
      if let place = missed.popLast() { return .cut(place) }
      cut += 1
      return .cut(cut - 1)
    }

    /// An answer went through up to there. Of some, a few bytes come and go.
    mutating func note(_ spoiling: Spoiling, _ said: Int) {
      longest = max(longest, said)
      if case .cut(let place) = spoiling, said < place, place < longest - 8 { missed.append(place) }
    }
  }

  /// Shared with the threads, which may outlive the relay.
  private final class Record: Sendable { let progress = Mutex(Progress()) }

  /// What is done to one answer.
  private enum Spoiling {
    case cut(Int)
    case turned(Int, bit: UInt8)
  }

  private let listener: Int32
  private let record = Record()
  let port: UInt16

  /// Whether an answer was cut at each of its places: the last cuts found none that was so long.
  var isThrough: Bool { record.progress.withLock { $0.cut > $0.longest + 20 && $0.missed.isEmpty } }

  init(to server: UInt16) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    port = try bound(listener)
    listen(listener, 1024)
    // The thread has a descriptor of its own, as that of `Acceptor` has.
    let own = dup(listener)
    Thread.detachNewThread { [record] in
      defer { close(own) }
      while true {
        let client = accept(own, nil, nil)
        if client < 0 { return }
        let spoiling = record.progress.withLock { $0.next() }
        Thread.detachNewThread {
          let said = Relay.carry(client, server, spoiling)
          record.progress.withLock { $0.note(spoiling, said) }
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// Carries bytes to and fro until one side closes or the answer is cut. Returns how many of the
  /// answer went through.
  private static func carry(_ client: Int32, _ port: UInt16, _ spoiling: Spoiling) -> Int {
    let server = connected(port)
    var said = 0
    var isCut = false
    defer {
      // Every second one is cut with a reset.
      var now = linger(l_onoff: isCut && said % 2 == 1 ? 1 : 0, l_linger: 0)
      setsockopt(client, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
      close(client)
      close(server)
    }
    var buffer = [UInt8](repeating: 0, count: 16384)
    var ends = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while poll(&ends, 2, 10_000) > 0 {
      if ends[0].revents != 0 {
        let count = recv(client, &buffer, buffer.count, 0)
        if count <= 0 { return said }
        _ = send(server, buffer, count, Int32(MSG_NOSIGNAL))
      }
      if ends[1].revents != 0 {
        var count = recv(server, &buffer, buffer.count, 0)
        if count <= 0 { return said }
        switch spoiling {
        case .cut(let place) where place - said <= count:
          (count, isCut) = (place - said, true)
        case .turned(let place, let bit) where said..<said + count ~= place:
          buffer[place - said] ^= bit
        default: break
        }
        _ = send(client, buffer, count, Int32(MSG_NOSIGNAL))
        said += count
        if isCut { return said }
      }
    }
    return said
  }
}

/// A generator that starts where it is told.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
