import Glibc

enum DescriptorLimit {
  /// A probe needs a descriptor, and the usual limit of a thousand is the soft one. Returns how many
  /// more there may be: some are open from the start, as whoever started us left them.
  static func raise() -> Int {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let most = Int(clamping: limit.rlim_cur)
    let open = (0..<Int32(clamping: min(most, 1024))).count { fcntl($0, F_GETFD) >= 0 }
    return most - open
  }
}
