import CAres
import CLinux
import Glibc

/// An address of the Internet with a port, of either family.
enum SocketAddress {
  case four(sockaddr_in)
  case six(sockaddr_in6)

  /// Reads an address as `inet_pton` does, and behind a '%' its interface; nil for a name.
  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "%", maxSplits: 1)
    if parts.count == 2 {
      guard case .six(var address) = SocketAddress(parts[0]) else { return nil }
      // In URLs the '%' is written as %25 (RFC 6874).
      let name = parts[1].hasPrefix("25") ? parts[1].dropFirst(2) : parts[1]
      address.sin6_scope_id = if_nametoindex(String(name))
      if address.sin6_scope_id == 0 { return nil }
      self = .six(address)
      return
    }
    let text = String(text)
    var (four, six) = (sockaddr_in(), sockaddr_in6())
    if inet_pton(AF_INET, text, &four.sin_addr) == 1 {
      four.sin_family = sa_family_t(AF_INET)
      self = .four(four)
    } else if inet_pton(AF_INET6, text, &six.sin6_addr) == 1 {
      six.sin6_family = sa_family_t(AF_INET6)
      self = .six(six)
    } else {
      return nil
    }
  }

  /// A copy of what a C function has; nil when it is of another family.
  init?(_ pointer: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(pointer)
    switch Int32(pointer.pointee.sa_family) {
    case AF_INET: self = .four(raw.loadUnaligned(as: sockaddr_in.self))
    case AF_INET6: self = .six(raw.loadUnaligned(as: sockaddr_in6.self))
    default: return nil
    }
  }

  var family: Int32 {
    switch self {
    case .four: AF_INET
    case .six: AF_INET6
    }
  }

  func with(port: UInt16) -> SocketAddress {
    switch self {
    case .four(var address):
      address.sin_port = port.bigEndian
      return .four(address)
    case .six(var address):
      address.sin6_port = port.bigEndian
      return .six(address)
    }
  }

  /// The address as C functions want it.
  func with<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    func bound<Address>(_ address: Address) -> Result {
      withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body($0, socklen_t(MemoryLayout<Address>.size))
        }
      }
    }
    switch self {
    case .four(let address): return bound(address)
    case .six(let address): return bound(address)
    }
  }

  /// The address alone, as people write it.
  var text: String {
    var host = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let status = with { address, length in
      getnameinfo(
        address, length, &host, socklen_t(host.count), nil, 0, Int32(NI_NUMERICHOST))
    }
    return status == 0 ? host.text : ""
  }

  /// The bytes of the address alone.
  func withBytes<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result {
    switch self {
    case .four(let address): withUnsafePointer(to: address.sin_addr) { body(UnsafeRawPointer($0)) }
    case .six(let address): withUnsafePointer(to: address.sin6_addr) { body(UnsafeRawPointer($0)) }
    }
  }

  /// Whether our own tables have a way there from what probes start from: a connected datagram socket
  /// sends nothing, and is refused when there is none.
  func hasRoute(from source: SourceAddress?) -> Bool {
    let probe = socket(
      family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    if probe < 0 { return errno != EAFNOSUPPORT }
    defer { close(probe) }
    if let source, !source.bind(probe) { return false }
    let any = with(port: 9)
    if any.with({ connect(probe, $0, $1) }) == 0 { return true }
    return ![ENETUNREACH, EHOSTUNREACH, ENETDOWN, EACCES, EINVAL, EADDRNOTAVAIL].contains(errno)
  }
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
