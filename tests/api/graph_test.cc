#include "api/graph/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace sluice::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Objects that the workers never hear of: commands to handles that name nothing are ignored.
class GraphTest : public ::testing::Test {
 protected:
  Router* AddRouter(const std::string& id) {
    auto router = std::make_unique<Router>();
    router->id = id;
    return graph_.Add(std::move(router));
  }
  Transport* AddTransport(Router* router, const std::string& id) {
    auto transport = std::make_unique<Transport>();
    transport->id = id;
    transport->router = router;
    transport->handle = graph_.NewHandle<router::TransportHandle>();
    transport->worker = data_plane_.Place();
    return graph_.Add(std::move(transport));
  }
  Producer* AddProducer(Transport* transport, const std::string& id) {
    auto producer = std::make_unique<Producer>();
    producer->id = id;
    producer->transport = transport;
    producer->handle = graph_.NewHandle<router::ProducerHandle>();
    return graph_.Add(std::move(producer));
  }
  Consumer* AddConsumer(Transport* transport, Producer* producer, const std::string& id) {
    auto consumer = std::make_unique<Consumer>();
    consumer->id = id;
    consumer->transport = transport;
    consumer->producer = producer;
    consumer->handle = graph_.NewHandle<router::ConsumerHandle>();
    return graph_.Add(std::move(consumer));
  }

  DataPlane data_plane_{{.workers = 1, .on_events = [] {}}, [](worker::Event&&) {}};
  std::vector<std::string> told_;
  std::vector<bool> found_when_told_;
  Graph graph_{&data_plane_,
               [this](const std::string& id) {
                 told_.push_back(id);
                 found_when_told_.push_back(graph_.FindConsumer(id) != nullptr);
               },
               [this](const std::string& id) { told_.push_back(id); }};

  Router* room_ = AddRouter("room");
  Transport* up_ = AddTransport(room_, "up");
  Transport* down_ = AddTransport(room_, "down");
  Producer* camera_ = AddProducer(up_, "camera");
  Consumer* view_ = AddConsumer(down_, camera_, "view");
};

TEST_F(GraphTest, ObjectsAreFoundByIdAndTransportsByHandle) {
  EXPECT_EQ(graph_.FindRouter("room"), room_);
  EXPECT_EQ(graph_.FindTransport("up"), up_);
  EXPECT_EQ(graph_.FindTransport(up_->handle), up_);
  EXPECT_EQ(graph_.FindProducer("camera").object, camera_);
  EXPECT_EQ(graph_.FindConsumer("view"), view_);
  EXPECT_EQ(graph_.FindConsumer("camera"), nullptr);
  EXPECT_EQ(graph_.FindTransport(router::TransportHandle(999)), nullptr);
}

TEST_F(GraphTest, ParentsKnowTheirChildren) {
  EXPECT_EQ(room_->transports.size(), 2u);
  EXPECT_EQ(room_->producers.at("camera"), camera_);
  EXPECT_EQ(up_->producers.at("camera"), camera_);
  EXPECT_EQ(down_->consumers.at("view"), view_);
  EXPECT_EQ(camera_->consumers.at("view"), view_);
}

TEST_F(GraphTest, ProducersOfTwoRoomsMayHaveOneId) {
  Producer* copy = AddProducer(AddTransport(AddRouter("other"), "pipe"), "camera");
  EXPECT_EQ(graph_.FindProducer("camera").object, nullptr);
  EXPECT_TRUE(graph_.FindProducer("camera").ambiguous);
  EXPECT_EQ(graph_.FindProducer(copy->handle), copy);
  graph_.Close(camera_);
  EXPECT_EQ(graph_.FindProducer("camera").object, copy);
  EXPECT_FALSE(graph_.FindProducer("camera").ambiguous);
}

TEST_F(GraphTest, HandlesAreNeverUsedTwice) {
  router::TransportHandle before = up_->handle;
  graph_.Close(up_);
  EXPECT_NE(AddTransport(room_, "up")->handle, before);
}

TEST_F(GraphTest, ClosingAConsumerTellsNobody) {
  graph_.Close(view_);
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_THAT(camera_->consumers, IsEmpty());
  EXPECT_THAT(down_->consumers, IsEmpty());
}

TEST_F(GraphTest, ClosingAProducerTellsItsConsumers) {
  AddConsumer(up_, camera_, "mirror");
  graph_.Close(camera_);
  EXPECT_THAT(told_, ElementsAre("mirror", "view"));
  EXPECT_EQ(graph_.FindProducer("camera").object, nullptr);
  EXPECT_EQ(graph_.FindConsumer("view"), nullptr);
  EXPECT_THAT(room_->producers, IsEmpty());
  EXPECT_THAT(up_->producers, IsEmpty());
}

TEST_F(GraphTest, WhoIsToldFindsTheConsumerGoneAlready) {
  graph_.Close(camera_);
  EXPECT_THAT(found_when_told_, ElementsAre(false));
}

TEST_F(GraphTest, ClosingATransportTellsConsumersElsewhereOnly) {
  AddConsumer(up_, camera_, "mirror");
  graph_.Close(up_);
  EXPECT_THAT(told_, ElementsAre("view"));
  EXPECT_EQ(graph_.FindTransport("up"), nullptr);
  EXPECT_EQ(graph_.FindConsumer("mirror"), nullptr);
  EXPECT_EQ(room_->transports.size(), 1u);
}

TEST_F(GraphTest, ClosingARoomTellsNobodyAndLeavesOtherRooms) {
  Router* other = AddRouter("other");
  Transport* apart = AddTransport(other, "apart");
  graph_.Close(room_);
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_EQ(graph_.FindRouter("room"), nullptr);
  for (const char* id : {"up", "down"}) EXPECT_EQ(graph_.FindTransport(id), nullptr);
  EXPECT_EQ(graph_.FindProducer("camera").object, nullptr);
  EXPECT_EQ(graph_.FindConsumer("view"), nullptr);
  EXPECT_EQ(graph_.FindTransport("apart"), apart);
}

}  // namespace
}  // namespace sluice::api
