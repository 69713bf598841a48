// SPDX-License-Identifier: Apache-2.0
// The emulator's side of ptx_sm90.h. A product is made as late as the program allows: its sums are
// poisoned until it is waited for. Its operands are read when it is issued, and must be the same
// when it is waited for, as the tensor cores read them at any time between.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/emulator/ptx_emulated.h"

namespace qbench::emulated::ptx {

struct WgmmaA {
  const std::uint32_t* registers[4];
};

inline void issue_product(float (&d)[8][4], const WgmmaA& a, const void* b, bool adds,
                          simt::WgmmaType type, Site site) {
  simt::ThreadState& thread = *simt::current;
  if (!thread.products_fenced) simt::fail(site, "no wgmma_fence() before the products of a group");
  if (thread.pending_products == simt::kMaxPendingProducts)
    simt::fail(site, "more than %d products under way", simt::kMaxPendingProducts);
  simt::PendingProduct& product = thread.products[thread.pending_products];
  product.d = &d[0][0];
  product.follows = false;
  for (int i = 0; adds && i < thread.pending_products; ++i)
    product.follows |= thread.products[i].d == product.d;
  ++thread.pending_products;
  product.b = static_cast<const unsigned char*>(b);
  product.type = type;
  product.adds = adds;
  product.group = thread.product_group;
  product.site = site;
  for (int i = 0; i < 4; ++i) product.a_then[i] = *(product.a[i] = a.registers[i]);
  const unsigned char* const share = simt::share_of_b(product.b, site);
  std::memcpy(product.b_then, share, sizeof product.b_then);
  if (thread.block->profile) simt::profile_access(share, sizeof product.b_then, true, site);
  for (int v = 0; v < 32; ++v) {
    product.begin[v] = adds ? product.d[v] : 0;
    std::memcpy(&product.d[v], &thread.block->poison, sizeof(float));
  }
}

// The operands are as they were, and the sums, which are poison, have not been written; those of a
// product that follows one may be the sums of that.
inline void require_unchanged(const simt::PendingProduct& product) {
  for (int v = 0; v < 32 && !product.follows; ++v)
    if (std::memcmp(&product.d[v], &simt::current->block->poison, sizeof(float)) != 0)
      simt::fail(product.site, "sum %d was written before the product was waited for", v);
  for (int i = 0; i < 4; ++i)
    if (*product.a[i] != product.a_then[i])
      simt::fail(product.site, "register %d of A changed before the product was waited for", i);
  const unsigned char* const share = simt::share_of_b(product.b, product.site);
  if (std::memcmp(share, product.b_then, sizeof product.b_then) != 0)
    simt::fail(product.site, "B changed before the product was waited for");
}

inline void finish_products(int pending_groups, Site site) {
  simt::ThreadState& thread = *simt::current;
  const auto groups = static_cast<unsigned>(pending_groups);
  int count = 0;
  while (count < thread.pending_products &&
         thread.products[count].group + groups < thread.product_group)
    require_unchanged(thread.products[count++]);
  simt::warpgroup_products(count, site);
  thread.pending_products -= count;
  std::memmove(thread.products, thread.products + count,
               static_cast<std::size_t>(thread.pending_products) * sizeof *thread.products);
}

}  // namespace qbench::emulated::ptx
