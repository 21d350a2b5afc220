// The door between JavaScript and graph.h. Every call blocks its thread: call it from a worker thread, in batches.
#include <napi.h>

#include <memory>

#include "graph.h"

namespace {

constexpr float kLeastLength = 1e-12f;

/** Scales a row to length 1; false when it has no direction. */
bool normalise(const float* row, size_t dimensions, float* unit) {
  double square = 0;
  for (size_t i = 0; i < dimensions; i++) square += static_cast<double>(row[i]) * row[i];
  const double length = std::sqrt(square);
  if (!std::isfinite(length) || length < kLeastLength) return false;
  for (size_t i = 0; i < dimensions; i++) unit[i] = static_cast<float>(row[i] / length);
  return true;
}

class FaceIndex : public Napi::ObjectWrap<FaceIndex> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "FaceIndex",
                       {
                           InstanceMethod("add", &FaceIndex::add),
                           InstanceMethod("search", &FaceIndex::search),
                           InstanceMethod("searchExactly", &FaceIndex::search_exactly),
                           InstanceMethod("vectors", &FaceIndex::vectors),
                           InstanceMethod("missing", &FaceIndex::missing),
                           InstanceMethod("unreachable", &FaceIndex::unreachable),
                           InstanceMethod("relink", &FaceIndex::relink),
                           InstanceMethod("save", &FaceIndex::save),
                           InstanceAccessor("size", &FaceIndex::size, nullptr),
                           InstanceAccessor("instructions", &FaceIndex::instructions, nullptr),
                       });
  }

  explicit FaceIndex(const Napi::CallbackInfo& info) : Napi::ObjectWrap<FaceIndex>(info) {
    const auto options = info[0].As<Napi::Object>();
    const size_t dimensions = number(options, "dimensions");
    if (dimensions == 0 || dimensions % distance::kComponents != 0) {
      throw Napi::RangeError::New(info.Env(), "An index has rows of a multiple of 32 components, not of " +
                                                  std::to_string(dimensions));
    }
    guarded(info.Env(), [&] {
      variant_ = &distance::choose(text(options, "instructions"));
      const std::string path = text(options, "path");
      if (!path.empty()) graph_ = std::make_unique<Graph>(dimensions, *variant_, path);
      else
        graph_ = std::make_unique<Graph>(dimensions, *variant_, number(options, "capacity"), number(options, "m"),
                                         number(options, "efConstruction"), number(options, "seed"));
    });
    // So that a graph that JavaScript has let go is freed soon, though its own object is small.
    memory_ = static_cast<int64_t>(graph_->memory());
    Napi::MemoryManagement::AdjustExternalMemory(info.Env(), memory_);
  }

  void Finalize(Napi::BasicEnv env) override { Napi::MemoryManagement::AdjustExternalMemory(env, -memory_); }

 private:
  static size_t number(const Napi::Object& from, const char* name) {
    const Napi::Value value = from.Get(name);
    return value.IsNumber() ? static_cast<size_t>(value.As<Napi::Number>().Int64Value()) : 0;
  }

  static std::string text(const Napi::Object& from, const char* name) {
    const Napi::Value value = from.Get(name);
    return value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  }

  static size_t count(const Napi::CallbackInfo& info, size_t place) {
    return std::max<int64_t>(1, info[place].As<Napi::Number>().Int64Value());
  }

  template <class Work>
  static void guarded(Napi::Env env, Work work) {
    try {
      work();
    } catch (const Napi::Error&) {
      throw;
    } catch (const std::exception& error) {
      throw Napi::Error::New(env, error.what());
    }
  }

  static Napi::Uint32Array to_array(Napi::Env env, const std::vector<uint32_t>& labels) {
    auto array = Napi::Uint32Array::New(env, labels.size());
    std::copy(labels.begin(), labels.end(), array.Data());
    return array;
  }

  /** Rows of length 1. `name(row)` says which one has no direction. */
  template <class Name>
  std::vector<float> unit_rows(Napi::Env env, const Napi::Float32Array& rows, Name name) {
    const size_t dimensions = graph_->dimensions();
    if (rows.ElementLength() % dimensions != 0) {
      throw Napi::RangeError::New(env, std::to_string(rows.ElementLength()) + " numbers are no whole rows of " +
                                           std::to_string(dimensions));
    }
    std::vector<float> units(rows.ElementLength());
    for (size_t row = 0; row * dimensions < units.size(); row++) {
      if (normalise(rows.Data() + row * dimensions, dimensions, units.data() + row * dimensions)) continue;
      throw Napi::RangeError::New(env, name(row) + " is all zero, or holds NaN or Infinity: it has no direction");
    }
    return units;
  }

  Napi::Value add(const Napi::CallbackInfo& info) {
    const auto labels = info[0].As<Napi::Uint32Array>();
    const auto units = unit_rows(info.Env(), info[1].As<Napi::Float32Array>(), [&](size_t row) {
      return "The vector of label " + std::to_string(row < labels.ElementLength() ? labels[row] : 0);
    });
    const size_t rows = labels.ElementLength();
    if (units.size() != rows * graph_->dimensions()) {
      throw Napi::RangeError::New(info.Env(), "There must be one label per row");
    }
    if (graph_->size() + rows > graph_->capacity()) {
      throw Napi::RangeError::New(info.Env(), "The index has room for " + std::to_string(graph_->capacity()) + " vectors only");
    }
    std::unordered_set<uint32_t> seen;
    for (size_t row = 0; row < rows; row++) {
      if (labels[row] != Graph::kNoLabel && !graph_->has(labels[row]) && seen.insert(labels[row]).second) continue;
      throw Napi::RangeError::New(info.Env(), "Label " + std::to_string(labels[row]) + " is taken");
    }
    guarded(info.Env(), [&] { graph_->add(units.data(), labels.Data(), rows, count(info, 2)); });
    return info.Env().Undefined();
  }

  Napi::Value search(const Napi::CallbackInfo& info) {
    return answer(info, [&](const std::vector<float>& units, size_t rows, size_t k, uint32_t* labels, float* distances) {
      graph_->search(units.data(), rows, k, count(info, 2), count(info, 3), labels, distances);
    });
  }

  Napi::Value search_exactly(const Napi::CallbackInfo& info) {
    return answer(info, [&](const std::vector<float>& units, size_t rows, size_t k, uint32_t* labels, float* distances) {
      graph_->search_exactly(units.data(), rows, k, count(info, 2), labels, distances);
    });
  }

  template <class Search>
  Napi::Value answer(const Napi::CallbackInfo& info, Search run) {
    const auto units = unit_rows(info.Env(), info[0].As<Napi::Float32Array>(),
                                 [](size_t row) { return "Query " + std::to_string(row); });
    const size_t rows = units.size() / graph_->dimensions();
    const size_t k = count(info, 1);
    auto labels = Napi::Uint32Array::New(info.Env(), rows * k);
    auto distances = Napi::Float32Array::New(info.Env(), rows * k);
    guarded(info.Env(), [&] { run(units, rows, k, labels.Data(), distances.Data()); });
    auto result = Napi::Object::New(info.Env());
    result.Set("labels", labels);
    result.Set("distances", distances);
    return result;
  }

  Napi::Value vectors(const Napi::CallbackInfo& info) {
    const auto labels = info[0].As<Napi::Uint32Array>();
    const size_t dimensions = graph_->dimensions();
    auto rows = Napi::Float32Array::New(info.Env(), labels.ElementLength() * dimensions);
    check_labels(info.Env(), labels);
    for (size_t row = 0; row < labels.ElementLength(); row++) {
      std::copy_n(graph_->vector_of(labels[row]), dimensions, rows.Data() + row * dimensions);
    }
    return rows;
  }

  Napi::Value missing(const Napi::CallbackInfo& info) {
    const auto labels = info[0].As<Napi::Uint32Array>();
    check_labels(info.Env(), labels);
    std::vector<uint32_t> found;
    guarded(info.Env(), [&] {
      found = graph_->missing(labels.Data(), labels.ElementLength(), count(info, 1), count(info, 2), count(info, 3));
    });
    return to_array(info.Env(), found);
  }

  Napi::Value unreachable(const Napi::CallbackInfo& info) { return to_array(info.Env(), graph_->unreachable()); }

  Napi::Value relink(const Napi::CallbackInfo& info) {
    const auto labels = info[0].As<Napi::Uint32Array>();
    check_labels(info.Env(), labels);
    std::vector<uint32_t> touched;
    guarded(info.Env(), [&] {
      touched = graph_->relink(labels.Data(), labels.ElementLength(), count(info, 1), count(info, 2));
    });
    return to_array(info.Env(), touched);
  }

  void check_labels(Napi::Env env, const Napi::Uint32Array& labels) {
    for (size_t row = 0; row < labels.ElementLength(); row++) {
      if (!graph_->has(labels[row])) throw Napi::RangeError::New(env, "The index has no label " + std::to_string(labels[row]));
    }
  }

  Napi::Value save(const Napi::CallbackInfo& info) {
    guarded(info.Env(), [&] { graph_->save(info[0].As<Napi::String>().Utf8Value()); });
    return info.Env().Undefined();
  }

  Napi::Value size(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), graph_->size()); }
  Napi::Value instructions(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), variant_->name); }

  const distance::Variant* variant_ = nullptr;
  std::unique_ptr<Graph> graph_;
  int64_t memory_ = 0;
};

Napi::Object start(Napi::Env env, Napi::Object exports) {
  exports.Set("FaceIndex", FaceIndex::define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(face_index, start)
