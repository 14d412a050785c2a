import Glibc

enum DescriptorLimit {
  /// A probe needs a descriptor, and the usual limit of a thousand is the soft one. Returns how many
  /// there may be.
  static func raise() -> Int {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int(clamping: limit.rlim_cur)
  }
}
