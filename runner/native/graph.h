// An HNSW graph of unit vectors on hnswlib's headers, with what Node's binding of it lacks: threads, a search in batches, a look for
// vectors that nobody finds, and their mending. Knows nothing of JavaScript.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <exception>
#include <limits>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_set>
#include <vector>

#include "distance.h"
#include "hnswlib/hnswlib.h"

/** hnswlib asks this for the distance function. */
class UnitSpace : public hnswlib::SpaceInterface<float> {
 public:
  UnitSpace(size_t dimensions, const distance::Variant& variant) : dimensions_(dimensions), variant_(variant) {}
  size_t get_data_size() override { return dimensions_ * sizeof(float); }
  hnswlib::DISTFUNC<float> get_dist_func() override { return variant_.function; }
  void* get_dist_func_param() override { return &dimensions_; }

 private:
  size_t dimensions_;
  const distance::Variant& variant_;
};

/** Calls `work(row)` for every row. A thread takes 32 rows in a row, so that faces of one person are not added at the same moment. */
template <class Work>
void for_each_row(size_t rows, size_t threads, Work work, size_t rows_at_once = 32) {
  std::atomic<size_t> next{0};
  std::vector<std::exception_ptr> failures(threads);
  auto run = [&](size_t thread) {
    try {
      for (size_t from; (from = next.fetch_add(rows_at_once)) < rows;) {
        for (size_t row = from; row < std::min(rows, from + rows_at_once); row++) work(row);
      }
    } catch (...) {
      failures[thread] = std::current_exception();
      next = rows;
    }
  };
  std::vector<std::thread> others;
  try {
    for (size_t thread = 1; thread < threads; thread++) others.emplace_back(run, thread);
  } catch (const std::system_error&) {
    // The system gives no more threads: those that there are do all of it.
  }
  run(0);
  for (auto& each : others) each.join();
  for (auto& each : failures) {
    if (each) std::rethrow_exception(each);
  }
}

class Graph {
 public:
  using Id = hnswlib::tableint;
  using Near = std::pair<float, hnswlib::labeltype>;
  static constexpr uint32_t kNoLabel = std::numeric_limits<uint32_t>::max();

  Graph(size_t dimensions, const distance::Variant& variant, size_t capacity, size_t m, size_t ef_construction, size_t seed)
      : dimensions_(dimensions), space_(dimensions, variant), hnsw_(&space_, capacity, m, ef_construction, seed) {}

  Graph(size_t dimensions, const distance::Variant& variant, const std::string& path)
      : dimensions_(dimensions), space_(dimensions, variant), hnsw_(&space_, path) {}

  size_t dimensions() const { return dimensions_; }
  size_t size() const { return hnsw_.cur_element_count; }
  size_t capacity() const { return hnsw_.max_elements_; }
  /** Bytes, without the upper levels. */
  size_t memory() const { return capacity() * hnsw_.size_data_per_element_; }
  bool has(uint32_t label) const { return hnsw_.label_lookup_.count(label) > 0; }
  void save(const std::string& path) { hnsw_.saveIndex(path); }

  /** Rows of unit length under new labels. One thread until the graph has grown: in a small one, threads would miss each other's rows. */
  void add(const float* rows, const uint32_t* labels, size_t count, size_t threads) {
    constexpr size_t kFirstRows = 1000;
    const size_t alone = size() >= kFirstRows ? 0 : std::min(count, kFirstRows - size());
    for (size_t row = 0; row < alone; row++) hnsw_.addPoint(rows + row * dimensions_, labels[row]);
    for_each_row(count - alone, threads, [&](size_t row) {
      hnsw_.addPoint(rows + (alone + row) * dimensions_, labels[alone + row]);
    });
  }

  /** Nearest first, `k` places per query; places that nothing fills have `kNoLabel`. */
  void search(const float* queries, size_t count, size_t k, size_t ef, size_t threads, uint32_t* labels, float* distances) {
    hnsw_.setEf(ef);
    for_each_row(count, threads, [&](size_t row) {
      auto found = hnsw_.searchKnn(queries + row * dimensions_, k);
      put(found, k, labels + row * k, distances + row * k);
    });
  }

  /** As `search`, and compares with every vector. */
  void search_exactly(const float* queries, size_t count, size_t k, size_t threads, uint32_t* labels, float* distances) {
    auto distance = space_.get_dist_func();
    const size_t share = (count + threads - 1) / threads;
    // Every vector is read from memory once per thread, and compared with all queries of that thread.
    for_each_row(threads, threads, [&](size_t thread) {
      const size_t from = std::min(count, thread * share), to = std::min(count, from + share);
      std::vector<std::priority_queue<Near>> best(to - from);
      for (Id id = 0; id < size(); id++) {
        for (size_t row = from; row < to; row++) {
          auto& nearest = best[row - from];
          const float d = distance(queries + row * dimensions_, vector(id), space_.get_dist_func_param());
          if (nearest.size() == k && d >= nearest.top().first) continue;
          nearest.emplace(d, hnsw_.getExternalLabel(id));
          if (nearest.size() > k) nearest.pop();
        }
      }
      for (size_t row = from; row < to; row++) put(best[row - from], k, labels + row * k, distances + row * k);
    }, 1);
  }

  /** Throws std::out_of_range for a label that is not there. */
  const float* vector_of(uint32_t label) const { return vector(hnsw_.label_lookup_.at(label)); }

  /**
   * Which of these labels their own vector does not find among `k` neighbours. One that is as near as the last of the neighbours counts
   * as found: more than `k` vectors are the same then, and which of them come is chance.
   */
  std::vector<uint32_t> missing(const uint32_t* labels, size_t count, size_t k, size_t ef, size_t threads) {
    constexpr float kSamePoint = 1e-6f;
    hnsw_.setEf(ef);
    std::vector<char> is_missing(count, 0);
    for_each_row(count, threads, [&](size_t row) {
      const float* own = vector_of(labels[row]);
      auto found = hnsw_.searchKnn(own, k);
      if (found.size() == k && found.top().first <= kSamePoint) return;
      for (; !found.empty(); found.pop()) {
        if (found.top().second == labels[row]) return;
      }
      is_missing[row] = 1;
    });
    std::vector<uint32_t> result;
    for (size_t row = 0; row < count; row++) {
      if (is_missing[row]) result.push_back(labels[row]);
    }
    return result;
  }

  /** Labels to which no path leads on level 0 from the entry point. */
  std::vector<uint32_t> unreachable() const {
    const std::vector<char> is_reached = reached();
    std::vector<uint32_t> result;
    for (Id id = 0; id < size(); id++) {
      if (!is_reached[id]) result.push_back(static_cast<uint32_t>(hnsw_.getExternalLabel(id)));
    }
    return result;
  }

  /**
   * Puts vectors in again: each gets a link from what its own query with these `k` and `ef` arrives at, so that the same query finds it; one
   * that is unreachable, from what a search on level 0 arrives at, which makes what it links to reachable too. Where all of these have no
   * room, the nearest one gives up its farthest link that leads to something with other links to it. (Adding a label again, as hnswlib can,
   * prunes by the same rule as the first time.) Returns whom a search may miss since: these vectors, what is near them, because their searches
   * take the same links, and what lost a link. They have to be looked for anew.
   */
  std::vector<uint32_t> relink(const uint32_t* labels, size_t count, size_t k, size_t ef) {
    hnsw_.setEf(ef);
    std::vector<char> is_reached = reached();
    std::vector<uint32_t> links_to = count_links_to();
    std::unordered_set<uint32_t> touched(labels, labels + count);
    std::unordered_set<Id> kept;
    for (size_t row = 0; row < count; row++) kept.insert(hnsw_.label_lookup_.at(labels[row]));
    std::vector<char> was_reached = is_reached;
    for (size_t row = 0; row < count; row++) {
      const Id id = hnsw_.label_lookup_.at(labels[row]);
      // Reachable since one that links to it is: a next look shows whether that was enough.
      if (!was_reached[id] && is_reached[id]) continue;
      const std::vector<Id> near = is_reached[id] ? found_by_query(id, k) : found_from_entry(id, std::max(k, ef));
      const auto with_room = std::find_if(near.begin(), near.end(), [&](Id each) {
        return hnsw_.getListCount(hnsw_.get_linklist0(each)) < hnsw_.maxM0_;
      });
      if (with_room != near.end()) append(*with_room, id);
      else replace_farthest(near, id, kept, links_to, touched);
      reach_from(id, is_reached);
      for (const Id each : near) touched.insert(static_cast<uint32_t>(hnsw_.getExternalLabel(each)));
    }
    return {touched.begin(), touched.end()};
  }

 private:
  static Id* links(hnswlib::linklistsizeint* list) { return reinterpret_cast<Id*>(list + 1); }
  const float* vector(Id id) const { return reinterpret_cast<const float*>(hnsw_.getDataByInternalId(id)); }

  template <class Queue>
  static void put(Queue& found, size_t k, uint32_t* labels, float* distances) {
    std::fill(labels + found.size(), labels + k, kNoLabel);
    std::fill(distances + found.size(), distances + k, std::numeric_limits<float>::infinity());
    for (size_t place = found.size(); place-- > 0; found.pop()) {
      labels[place] = static_cast<uint32_t>(found.top().second);
      distances[place] = found.top().first;
    }
  }

  std::vector<uint32_t> count_links_to() const {
    std::vector<uint32_t> counts(size(), 0);
    for (Id id = 0; id < size(); id++) {
      auto* list = hnsw_.get_linklist0(id);
      for (size_t link = 0; link < hnsw_.getListCount(list); link++) counts[links(list)[link]]++;
    }
    return counts;
  }

  std::vector<char> reached() const {
    std::vector<char> is_reached(size(), 0);
    if (size() > 0) reach_from(hnsw_.enterpoint_node_, is_reached);
    return is_reached;
  }

  /** Marks it and all that links on level 0 lead to. */
  void reach_from(Id start, std::vector<char>& is_reached) const {
    std::vector<Id> open{start};
    is_reached[start] = 1;
    while (!open.empty()) {
      auto* list = hnsw_.get_linklist0(open.back());
      open.pop_back();
      for (size_t link = 0; link < hnsw_.getListCount(list); link++) {
        const Id id = links(list)[link];
        if (is_reached[id]) continue;
        is_reached[id] = 1;
        open.push_back(id);
      }
    }
  }

  /** Nearest first, itself left out. */
  std::vector<Id> found_by_query(Id id, size_t k) {
    std::vector<Id> near;
    for (auto found = hnsw_.searchKnn(vector(id), k); !found.empty(); found.pop()) {
      near.push_back(hnsw_.label_lookup_.at(found.top().second));
    }
    return nearest_first(near, id);
  }

  /** As `found_by_query`, without the upper levels, so that all of it is reachable. */
  std::vector<Id> found_from_entry(Id id, size_t ef) {
    std::vector<Id> near;
    for (auto found = hnsw_.searchBaseLayerST<true>(hnsw_.enterpoint_node_, vector(id), ef); !found.empty(); found.pop()) {
      near.push_back(found.top().second);
    }
    return nearest_first(near, id);
  }

  static std::vector<Id> nearest_first(std::vector<Id> farthest_first, Id without) {
    farthest_first.erase(std::remove(farthest_first.begin(), farthest_first.end(), without), farthest_first.end());
    std::reverse(farthest_first.begin(), farthest_first.end());
    return farthest_first;
  }

  void append(Id from, Id to) {
    auto* list = hnsw_.get_linklist0(from);
    const size_t count = hnsw_.getListCount(list);
    links(list)[count] = to;
    hnsw_.setListCount(list, static_cast<unsigned short>(count + 1));
  }

  void replace_farthest(const std::vector<Id>& near, Id to, std::unordered_set<Id>& kept, std::vector<uint32_t>& links_to,
                        std::unordered_set<uint32_t>& touched) {
    for (const Id from : near) {
      auto* list = hnsw_.get_linklist0(from);
      Id* farthest = nullptr;
      float distance = -1;
      for (size_t link = 0; link < hnsw_.getListCount(list); link++) {
        Id& id = links(list)[link];
        const float d = space_.get_dist_func()(vector(from), vector(id), space_.get_dist_func_param());
        if (links_to[id] < 2 || kept.count(id) > 0 || d <= distance) continue;
        farthest = &id;
        distance = d;
      }
      if (!farthest) continue;
      links_to[*farthest]--;
      touched.insert(static_cast<uint32_t>(hnsw_.getExternalLabel(*farthest)));
      *farthest = to;
      return;
    }
  }

  size_t dimensions_;
  UnitSpace space_;
  hnswlib::HierarchicalNSW<float> hnsw_;
};
