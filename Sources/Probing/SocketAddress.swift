import CAres
import CLinux
import Glibc

/// An address of the Internet with a port, of either family.
struct SocketAddress {
  private(set) var storage = sockaddr_storage()

  /// Reads an address as `inet_pton` does; nil for a name.
  init?(_ text: some StringProtocol, port: UInt16 = 0) {
    let text = String(text)
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      write(sockaddr_in.self) {
        $0.sin_family = sa_family_t(AF_INET)
        $0.sin_addr = four
        $0.sin_port = port.bigEndian
      }
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      write(sockaddr_in6.self) {
        $0.sin6_family = sa_family_t(AF_INET6)
        $0.sin6_addr = six
        $0.sin6_port = port.bigEndian
      }
    } else {
      return nil
    }
  }

  /// A copy of what a C function has; nil when it is of another family.
  init?(_ pointer: UnsafePointer<sockaddr>, port: UInt16? = nil) {
    switch Int32(pointer.pointee.sa_family) {
    case AF_INET:
      write(sockaddr_in.self) { four in
        memcpy(&four, pointer, MemoryLayout<sockaddr_in>.size)
        if let port { four.sin_port = port.bigEndian }
      }
    case AF_INET6:
      write(sockaddr_in6.self) { six in
        memcpy(&six, pointer, MemoryLayout<sockaddr_in6>.size)
        if let port { six.sin6_port = port.bigEndian }
      }
    default: return nil
    }
  }

  private mutating func write<Address>(_: Address.Type, _ change: (inout Address) -> Void) {
    withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: Address.self, capacity: 1) { change(&$0.pointee) }
    }
  }

  var family: Int32 { Int32(storage.ss_family) }

  private var length: socklen_t {
    socklen_t(
      family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size)
  }

  func with<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// The address alone, as people write it.
  var text: String {
    var host = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let status = with { address, length in
      getnameinfo(
        address, length, &host, socklen_t(host.count), nil, 0, Int32(NI_NUMERICHOST))
    }
    if status != 0 { return "" }
    return String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The bytes of the address alone.
  func withBytes<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result {
    with { address, _ in
      let offset =
        family == AF_INET
        ? MemoryLayout<sockaddr_in>.offset(of: \.sin_addr)
        : MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr)
      return body(UnsafeRawPointer(address) + (offset ?? 0))
    }
  }

  /// Whether our own tables have a way there: a connected datagram socket sends nothing, and is
  /// refused when there is none.
  var hasRoute: Bool {
    let probe = socket(
      family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    if probe < 0 { return true }
    defer { close(probe) }
    let port = SocketAddress(self, port: 9)
    if port.with({ connect(probe, $0, $1) }) == 0 { return true }
    return ![ENETUNREACH, EHOSTUNREACH, ENETDOWN, EACCES, EINVAL, EADDRNOTAVAIL].contains(errno)
  }

  private init(_ other: SocketAddress, port: UInt16) {
    self = other
    if family == AF_INET {
      write(sockaddr_in.self) { $0.sin_port = port.bigEndian }
    } else {
      write(sockaddr_in6.self) { $0.sin6_port = port.bigEndian }
    }
  }

  func with(port: UInt16) -> SocketAddress { SocketAddress(self, port: port) }
}

/// Where probes start from, when the plan says.
enum SourceAddress {
  case address(SocketAddress)
  case interface(String)

  init(_ text: String) {
    self = SocketAddress(text).map { .address($0) } ?? .interface(text)
  }

  /// Binds a socket; false, with `errno`, when that cannot be.
  func bind(_ socket: Int32) -> Bool {
    switch self {
    case .address(let address):
      address.with { Glibc.bind(socket, $0, $1) } == 0
    case .interface(let name):
      setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, name, socklen_t(name.utf8.count)) == 0
    }
  }
}

/// What the system says of an error.
func systemText(_ number: Int32) -> String { String(cString: strerror(number)) }

extension Array where Element == CChar {
  /// Text that a C function wrote.
  var text: String {
    String(decoding: prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
