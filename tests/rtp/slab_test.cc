#include "rtp/slab.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

namespace sluice {
namespace {

constexpr size_t kChunk = 128;

std::vector<SlabRef> AcquireMany(SlabPool& pool, size_t count) {
  std::vector<SlabRef> slabs;
  for (size_t i = 0; i < count; ++i) slabs.push_back(pool.Acquire());
  return slabs;
}

TEST(SlabTest, IsEmptyWithRoomForADatagram) {
  SlabPool pool;
  SlabRef slab = pool.Acquire();
  ASSERT_TRUE(slab);
  EXPECT_EQ(slab->size(), 0u);
  EXPECT_EQ(slab->storage().size(), Slab::kCapacity);
  slab->storage()[0] = 7;
  slab->Resize(1);
  EXPECT_THAT(slab->bytes(), testing::ElementsAre(7));
}

TEST(SlabTest, ComesBackEmptyWithItsLastReference) {
  SlabPool pool;
  SlabRef first = pool.Acquire();
  first->Resize(10);
  Slab* slab = first.get();
  SlabRef second = first;
  first.reset();
  EXPECT_EQ(second.get(), slab);
  EXPECT_NE(pool.Acquire().get(), slab);  // Still referred to.
  second.reset();
  SlabRef again = pool.Acquire();
  EXPECT_EQ(again.get(), slab);
  EXPECT_EQ(again->size(), 0u);
}

TEST(SlabRefTest, MovesAndAssignsKeepTheCount) {
  SlabPool pool;
  SlabRef a = pool.Acquire();
  Slab* slab = a.get();
  SlabRef b = std::move(a);
  EXPECT_FALSE(a);  // NOLINT(bugprone-use-after-move): empty is the contract.
  SlabRef& alias = b;
  b = alias;
  EXPECT_EQ(b.get(), slab);
  SlabRef c = pool.Acquire();
  c = b;
  b = SlabRef();
  EXPECT_EQ(c.get(), slab);
  c.reset();
  EXPECT_EQ(pool.Acquire().get(), slab);
}

TEST(SlabPoolTest, SlabsDoNotOverlap) {
  SlabPool pool;
  std::vector<SlabRef> slabs = AcquireMany(pool, 2 * kChunk);
  for (size_t i = 0; i < slabs.size(); ++i) {
    std::fill_n(slabs[i]->storage().begin(), Slab::kCapacity, static_cast<uint8_t>(i));
  }
  for (size_t i = 0; i < slabs.size(); ++i) {
    EXPECT_EQ(std::count(slabs[i]->storage().begin(), slabs[i]->storage().end(), static_cast<uint8_t>(i)),
              static_cast<std::ptrdiff_t>(Slab::kCapacity));
  }
}

TEST(SlabPoolTest, CopiesWhatFits) {
  SlabPool pool;
  std::vector<uint8_t> bytes(Slab::kCapacity, 7);
  SlabRef copy = pool.AcquireCopy(bytes);
  ASSERT_TRUE(copy);
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), copy->bytes().begin(), copy->bytes().end()));
  EXPECT_EQ(pool.AcquireCopy({})->size(), 0u);
  bytes.push_back(7);
  EXPECT_FALSE(pool.AcquireCopy(bytes));
  EXPECT_FALSE(SlabPool(/*max_slabs=*/0).AcquireCopy(Bytes(bytes).first(1)));
}

TEST(SlabPoolTest, DoesNotGrowInSteadyState) {
  SlabPool pool;
  for (int i = 0; i < 1000; ++i) AcquireMany(pool, kChunk);
  EXPECT_EQ(pool.capacity(), kChunk);
}

TEST(SlabPoolTest, AnswersEmptyAtItsBound) {
  SlabPool pool(2 * kChunk);
  std::vector<SlabRef> slabs = AcquireMany(pool, 2 * kChunk);
  EXPECT_TRUE(slabs.back());
  EXPECT_FALSE(pool.Acquire());
  slabs.pop_back();
  EXPECT_TRUE(pool.Acquire());
  EXPECT_EQ(pool.capacity(), 2 * kChunk);
}

TEST(SlabPoolTest, TwoPoolsOnOneThreadKeepTheirSlabs) {
  SlabPool a(kChunk), b(kChunk);
  for (int round = 0; round < 3; ++round) {
    std::vector<SlabRef> from_a = AcquireMany(a, kChunk);
    std::vector<SlabRef> from_b = AcquireMany(b, kChunk);
    EXPECT_TRUE(from_a.back());
    EXPECT_TRUE(from_b.back());
  }
}

TEST(SlabPoolTest, ReleaseOnAnotherThreadBringsTheSlabHome) {
  SlabPool pool(kChunk);
  for (int round = 0; round < 20; ++round) {
    std::vector<SlabRef> slabs = AcquireMany(pool, kChunk);
    ASSERT_TRUE(slabs.back());
    EXPECT_FALSE(pool.Acquire());
    std::thread([away = std::move(slabs)]() mutable { away.clear(); }).join();
  }
  EXPECT_EQ(pool.capacity(), kChunk);
}

TEST(SlabPoolTest, SharedSlabsSurviveReleasesOnManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 200;
  SlabPool pool(4 * kChunk);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<SlabRef> slabs = AcquireMany(pool, kChunk);
    for (size_t i = 0; i < slabs.size(); ++i) {
      slabs[i]->storage()[0] = static_cast<uint8_t>(i);
      slabs[i]->Resize(1);
    }
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([mine = slabs] {
        for (size_t i = 0; i < mine.size(); ++i) {
          SlabRef copy = mine[i];
          ASSERT_EQ(copy->bytes()[0], static_cast<uint8_t>(i));
        }
      });
    }
    slabs.clear();  // At home, while the others still read.
    for (std::thread& thread : threads) thread.join();
  }
  // All of them are home again, each once.
  std::vector<SlabRef> all = AcquireMany(pool, pool.capacity());
  std::set<Slab*> distinct;
  for (const SlabRef& slab : all) distinct.insert(slab.get());
  EXPECT_EQ(distinct.size(), pool.capacity());
  EXPECT_EQ(distinct.count(nullptr), 0u);
}

}  // namespace
}  // namespace sluice
