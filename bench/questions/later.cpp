// Quantities of parts that do not exist yet, so that nobody takes their absence for an oversight.
#include "bench/bench.hpp"

namespace crun::bench {

Rows measure_later(const Bench&) {
  Row cache, pack;
  cache.id = "Q10.cache";
  cache.what = "cache service: an entry of 256 MiB up and down";
  cache.unit = "GB/s";
  cache.note = "waits for the cache service";
  pack.id = "Q11.pack";
  pack.what = "artifact packed: deflate, sha256, crc of a source tree";
  pack.unit = "MB/s";
  pack.note = "waits for the artifact service";
  return {cache, pack};
}

}  // namespace crun::bench
