// What the channels along the traced path make of a picture.
#pragma once

#include <vector>

#include "connections/feature_map_session.h"
#include "connections/feature_path.h"
#include "connections/weights_panel.h"

class QPushButton;

namespace condenser {

class DetailTable;
class MapGrid;
class MapPictureRow;

// Nothing is read or computed before it is seen.
class FeatureMapPanel : public WeightsPanel {
    Q_OBJECT

  public:
    // Maps beyond these are not drawn.
    static constexpr std::size_t kMostMaps = 60;

    explicit FeatureMapPanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

    // Before those of the run's data, which stay within reach. One that is not there: those alone.
    void setPicture(const MapPicture& picture);

    // What is computed and shown; null: nothing yet.
    const FeatureMapsPtr& maps() const { return m_maps; }

  protected:
    void showState() override;
    void fit(const QSize& room) override;
    Exhibit drawn() const override;

  private:
    QString missing();  // in words; empty: nothing is
    void ask();
    bool isUpToDate() const;
    void showPath();
    void showReaders();
    void stepPicture(int by);
    const MapPicture* chosenPicture() const;
    int pictureCount() const;
    void trace(int channel);
    void traceReader(int row);

    FeatureMapSession m_session;

    MapPicture m_given;                    // from elsewhere, if it is there
    std::vector<MapPicture> m_pictures;    // of the run's data
    std::string m_data;                    // whose pictures these are, or have been asked for
    Preprocess m_preprocess;               // for which they are scaled
    bool m_awaited = false;                // pictures
    int m_chosen = 0;                      // the given one first, if there is one
    QString m_picturesProblem, m_problem;  // with the data, with the network

    ModelFilePtr m_askedModel;  // of the maps that are shown or on their way
    MapPicture m_askedPicture;
    FeatureMapsPtr m_maps;
    ModelFilePtr m_mapsModel;
    MapPicture m_mapsPicture;
    FeaturePath m_path;
    QString m_moment;  // of the maps, in words

    MapPictureRow* m_row;
    ElidedLabel* m_order;
    QPushButton* m_common;
    MapGrid* m_grid;
    QLabel* m_readersHead;
    DetailTable* m_readers;
    ElidedLabel* m_reading;
    ElidedLabel* m_values;
    QLabel* m_formula;
};

}  // namespace condenser
