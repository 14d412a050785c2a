import CCompression
import Glibc

/// The bytes of a file or of standard input, decompressed when they are gzip or zstd. Which they
/// are is told by their first bytes, not by a name.
final class ByteSource {
  private enum Packing {
    case unknown
    case plain
    case gzip
    case zstd(OpaquePointer)
  }

  private static let chunk = 64 * 1024
  private static let gzip: [UInt8] = [0x1f, 0x8b]
  private static let zstd: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

  /// Whether the first four bytes of a file are those of gzip or zstd.
  static func isPacked(_ magic: some Sequence<UInt8>) -> Bool {
    magic.starts(with: gzip) || magic.starts(with: zstd)
  }

  let path: String
  private let descriptor: Int32
  private let packed = UnsafeMutablePointer<UInt8>.allocate(capacity: ByteSource.chunk)
  /// What of `packed` is not yet used.
  private var unused = 0..<0
  private var isExhausted = false
  private var packing = Packing.unknown
  private var inflater = z_stream()
  /// Whether the compressed data stand at the end of a member or frame, where they may stop.
  private var isComplete = true
  /// What was wrong with the compressed data, if anything; nothing is read beyond it.
  private(set) var damage: String?

  /// `-` is standard input.
  init(path: String) throws(LogError) {
    self.path = path == "-" ? "standard input" : path
    descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw .cannotOpen(path: path, errno: errno) }
  }

  deinit {
    switch packing {
    case .gzip: inflateEnd(&inflater)
    case .zstd(let stream): ZSTD_freeDStream(stream)
    case .unknown, .plain: break
    }
    packed.deallocate()
    if descriptor > STDIN_FILENO { close(descriptor) }
  }

  /// Reads some bytes; 0 at the end.
  func read(into bytes: UnsafeMutableRawBufferPointer) throws(LogError) -> Int {
    while damage == nil {
      switch packing {
      case .unknown:
        try recognise()
      case .plain:
        if unused.isEmpty { return try fill(bytes) }
        let count = min(unused.count, bytes.count)
        bytes.baseAddress?.copyMemory(from: packed + unused.lowerBound, byteCount: count)
        unused.removeFirst(count)
        return count
      case .gzip:
        if let count = try unpack(bytes, inflate) { return count }
      case .zstd(let stream):
        if let count = try unpack(bytes, { decompress($0, with: stream) }) { return count }
      }
    }
    return 0
  }

  private func recognise() throws(LogError) {
    while unused.count < 4, !isExhausted { try refill() }
    let magic = (0..<unused.count).prefix(4).map { packed[unused.lowerBound + $0] }
    if magic.starts(with: ByteSource.gzip) {
      // 15 bits of window, and 16 for "with a gzip header".
      let status = inflateInit2_(
        &inflater, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      if status != Z_OK { throw .noMemory }
      packing = .gzip
    } else if magic == ByteSource.zstd {
      guard let stream = ZSTD_createDStream() else { throw .noMemory }
      packing = .zstd(stream)
    } else {
      packing = .plain
    }
  }

  /// One turn of a decompressor: nil when it made nothing of the input and wants more.
  private func unpack(
    _ bytes: UnsafeMutableRawBufferPointer,
    _ step: (UnsafeMutableRawBufferPointer) -> Int
  ) throws(LogError) -> Int? {
    if unused.isEmpty, !isExhausted { try refill() }
    if unused.isEmpty, isExhausted {
      if !isComplete { damage = "the compressed data are cut off here" }
      return 0
    }
    let count = step(bytes)
    return count > 0 || damage != nil ? count : nil
  }

  private func inflate(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
    inflater.next_in = packed + unused.lowerBound
    inflater.avail_in = UInt32(unused.count)
    inflater.next_out = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    inflater.avail_out = UInt32(bytes.count)
    let status = CCompression.inflate(&inflater, Z_NO_FLUSH)
    unused.removeFirst(unused.count - Int(inflater.avail_in))
    isComplete = status == Z_STREAM_END
    // Logs that were compressed apart may be joined to one file; each begins anew.
    if isComplete { inflateReset(&inflater) }
    if status < 0, status != Z_BUF_ERROR { damage = "the gzip data are damaged here" }
    return bytes.count - Int(inflater.avail_out)
  }

  private func decompress(_ bytes: UnsafeMutableRawBufferPointer, with stream: OpaquePointer) -> Int
  {
    var input = ZSTD_inBuffer(src: packed + unused.lowerBound, size: unused.count, pos: 0)
    var output = ZSTD_outBuffer(dst: bytes.baseAddress, size: bytes.count, pos: 0)
    let status = ZSTD_decompressStream(stream, &output, &input)
    unused.removeFirst(input.pos)
    isComplete = status == 0
    if ZSTD_isError(status) != 0 { damage = "the zstd data are damaged here" }
    return output.pos
  }

  private func refill() throws(LogError) {
    if unused.isEmpty { unused = 0..<0 }
    let free = UnsafeMutableRawBufferPointer(
      start: packed + unused.upperBound, count: ByteSource.chunk - unused.upperBound)
    let count = try fill(free)
    unused = unused.lowerBound..<unused.upperBound + count
  }

  private func fill(_ bytes: UnsafeMutableRawBufferPointer) throws(LogError) -> Int {
    while true {
      let count = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
      if count >= 0 {
        isExhausted = count == 0
        return count
      }
      if errno != EINTR { throw .cannotRead(path: path, errno: errno) }
    }
  }
}
