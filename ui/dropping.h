// What a drop on the window means, and the words over it while it hovers.
#pragma once

#include <QList>
#include <QString>
#include <QUrl>
#include <QWidget>
#include <filesystem>
#include <vector>

namespace condenser {

struct DropPlan {
    enum class Kind { kNothing, kPictures, kData, kModel, kRun };
    Kind kind = Kind::kNothing;
    std::vector<std::filesystem::path> files;  // pictures; else one
    QString words;                             // what letting go will do, or why nothing
};

// A file ending in .safetensors, .pth, .pt or .pth.tar is a model, a folder with run.json a run; a folder with
// sub-folders, a CSV list, and the files of CIFAR and MNIST are data (data_guess.h); a folder of pictures is those
// pictures; anything else is tried as a picture. At most kMostPictures.
DropPlan planDrop(const QList<QUrl>& urls);
DropPlan planDrop(const std::vector<std::filesystem::path>& paths);

constexpr std::size_t kMostPictures = 1000;

// Over the whole window, while something hovers.
class DropOverlay : public QWidget {
    Q_OBJECT

  public:
    explicit DropOverlay(QWidget* parent);

    void showWords(const QString& words, bool accepted);
    QString words() const { return m_words; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString m_words;
    bool m_accepted = false;
};

}  // namespace condenser
