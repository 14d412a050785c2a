import Glibc

/// The lines of a source, one at a time, each valid until the next is asked for.
final class LineReader {
  /// A line longer than this is no log line, and its bytes are not kept.
  static let longest = 16 * 1024 * 1024

  private let source: ByteSource
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
  /// What of `buffer` is not yet handed out.
  private var start = 0
  private var end = 0
  /// The number of the line handed out last, from 1.
  private(set) var number = 0
  /// Whether the line handed out last lacks its line feed, as the last one does after a crash.
  private(set) var isTorn = false
  /// Whether the line handed out last was too long and is handed out empty.
  private(set) var isTooLong = false

  init(_ source: ByteSource) { self.source = source }

  deinit { buffer.deallocate() }

  var path: String { source.path }
  var damage: String? { source.damage }

  /// The next line without its line feed; nil at the end.
  func next() throws(LogError) -> UnsafeRawBufferPointer? {
    isTooLong = false
    var searched = start
    while true {
      if let base = buffer.baseAddress,
        let found = memchr(base + searched, 0x0a, end - searched)
      {
        let at = UnsafeRawPointer(found) - UnsafeRawPointer(base)
        return hand(start..<at, next: at + 1)
      }
      searched = end
      if start > 0 { searched -= makeRoom() }
      if end == buffer.count { searched = grow() }
      let free = UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
      let count = try source.read(into: free)
      if count == 0 {
        if start == end { return nil }
        isTorn = true
        return hand(start..<end, next: end)
      }
      end += count
    }
  }

  private func hand(_ line: Range<Int>, next: Int) -> UnsafeRawBufferPointer {
    number += 1
    start = next
    return UnsafeRawBufferPointer(
      rebasing: buffer[isTooLong ? line.upperBound..<line.upperBound : line])
  }

  /// Moves what is left to the front of the buffer and returns by how much.
  private func makeRoom() -> Int {
    let moved = start
    if let base = buffer.baseAddress { memmove(base, base + start, end - start) }
    (start, end) = (0, end - start)
    return moved
  }

  /// Doubles the buffer, or forgets the line when it is too long. Returns where to search on.
  private func grow() -> Int {
    if buffer.count >= LineReader.longest {
      isTooLong = true
      end = 0
      return 0
    }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: buffer.count * 2, alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
    buffer.deallocate()
    buffer = larger
    return end
  }
}
